// The API's description, shown by Swagger UI (vendor/swagger-ui), which defines SwaggerUIBundle.
const place = document.getElementById("api-docs");

// Requests that somebody tries out use their browser's session, so those that change something need its CSRF token.
function addCsrfToken(request) {
  request.headers["X-CSRFToken"] = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return request;
}

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  requestInterceptor: addCsrfToken,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
});
