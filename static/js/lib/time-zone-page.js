// The account page, on which users choose their time zone. Offers the device's, if it is in the list and not chosen.
const select = document.querySelector("select[name=time_zone]");
const button = document.querySelector("[data-device-zone]");
const option = [...select.options].find(({ value }) => value === Intl.DateTimeFormat().resolvedOptions().timeZone);

function update() {
  button.hidden = !option || option.selected;
}

if (option) button.querySelector("[data-zone-name]").textContent = option.textContent;
button.addEventListener("click", () => {
  option.selected = true;
  update();
  select.focus();
});
select.addEventListener("change", update);
update();
