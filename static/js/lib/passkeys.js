// allauth's scripts report a refusal by the device or the user as an event, which this page shows at the button.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const failure of document.querySelectorAll("[data-passkey-failure]")) failure.hidden = false;
});

// Pages over plain HTTP have no passkeys, nor do old browsers.
if (!window.PublicKeyCredential) for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = true;
