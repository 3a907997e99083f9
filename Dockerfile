# npm packages that the product needs: uPlot and LiteRT for browsers, esbuild for collectstatic.
FROM node:22.18.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.13.7-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 STATIC_HASHED=1 PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements-serve.txt ./
# Without --no-deps, one package would pull in TensorFlow.
RUN python -m venv /opt/venv && pip install --no-deps --require-hashes --requirement requirements-serve.txt
COPY --from=packages /app/node_modules node_modules
COPY . .
RUN pybabel --quiet compile --directory locale --domain "django djangojs" \
    && SECRET_KEY=only-for-this-step SQLITE_PATH=/tmp/none.sqlite3 python manage.py collectstatic --noinput \
    && rm -r node_modules/esbuild node_modules/@esbuild node_modules/@litertjs \
    && python -m compileall -q accounts classroom config emotions

FROM python:3.13.7-slim-trixie
RUN useradd --system --no-create-home --uid 10001 attune && install --directory --owner attune --mode 700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
# Without Postgres, the database is a file in /data.
ENV PYTHONUNBUFFERED=1 PATH=/opt/venv/bin:$PATH STATIC_HASHED=1 BIND=0.0.0.0 PORT=8000 \
    SQLITE_PATH=/data/attune.sqlite3 BEAT_SCHEDULE_FILE=/data/celerybeat-schedule
USER 10001
EXPOSE 8000
CMD ["python", "scripts/web"]
