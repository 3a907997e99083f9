// The form for files to import. It reports files that are too large at once; the server could only cut off the upload
// and then answer with an error.
const form = document.querySelector("[data-import-form]");
const input = form.querySelector("input[type=file]");
const refusal = form.querySelector("[data-too-large]");

input.addEventListener("change", check);
form.addEventListener("submit", (event) => {
  if (check()) return;
  event.preventDefault();
  input.focus();
});

function check() {
  const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
  const fits = bytes <= Number(form.dataset.maxBytes);
  refusal.hidden = fits;
  input.setAttribute("aria-invalid", String(!fits));
  return fits;
}
