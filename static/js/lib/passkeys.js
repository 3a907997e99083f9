// allauth's scripts report what the device or the user refused as an event; this page says so where the button is.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const failure of document.querySelectorAll("[data-passkey-failure]")) failure.hidden = false;
});

// Pages over plain HTTP and old browsers have no passkeys.
if (!window.PublicKeyCredential) for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = true;
