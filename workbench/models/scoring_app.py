"""A scoring server for one model version: POST /score with the key, GET /health, GET /metrics, GET /docs.

It stands alone: it needs fastapi, uvicorn and prometheus-client, and `service.json` beside it. The score script gives `init()`,
called once, `run(data)`, called for every request with the body's JSON, and perhaps `SAMPLE`, a request to show. A ValueError of
`run(data)` says what is wrong with the request: it answers 400 with its sentence; any other exception is a fault and answers 500.
Start it with: WORKBENCH_SERVICE_KEY=... python app.py
"""

import asyncio
import importlib.util
import inspect
import json
import logging
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

FOLDER = Path(__file__).resolve().parent
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
log = logging.getLogger("service")


class Telemetry:
    """What /metrics shows."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("workbench_requests", "Requests to /score", ["status"], registry=self.registry)
        self.seconds = Histogram("workbench_request_seconds", "Time of a request", buckets=BUCKETS, registry=self.registry)
        self.in_flight = Gauge("workbench_requests_in_flight", "Requests being answered or waiting", registry=self.registry)
        labels = {name: str(config[name]) for name in ("service", "model", "version", "run_id")}
        Gauge("workbench_model_info", "What is served", list(labels), registry=self.registry).labels(**labels).set(1)

    async def watch(self, request: Request, call_next: Any) -> Response:
        """Counts and times the requests to /score on their way."""
        if request.url.path != "/score":
            passed: Response = await call_next(request)
            return passed
        began, status = time.perf_counter(), 500
        with self.in_flight.track_inprogress():
            try:
                response: Response = await call_next(request)
                status = response.status_code
            finally:
                seconds = time.perf_counter() - began
                self.requests.labels(str(status)).inc()
                self.seconds.observe(seconds)
                log.info("POST /score %d in %.1f ms", status, seconds * 1000)
        return response


class Scorer:
    """The score script, loaded: one `run()` at a time unless `concurrency` allows more, `queue` requests may wait."""

    def __init__(self, config: dict[str, Any]) -> None:
        script = FOLDER / config["script"]
        # The script's folder and the project's come first: helpers beside the script are found as in training.
        sys.path[:0] = dict.fromkeys([str(script.parent), str(FOLDER / "code")])
        spec = importlib.util.spec_from_file_location(script.stem, script)
        if spec is None or spec.loader is None:
            raise ImportError(f"{script} is not a Python script.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[script.stem] = module
        spec.loader.exec_module(module)
        module.init()
        self.run = module.run
        sample = config["sample"] if config["sample"] is not None else getattr(module, "SAMPLE", None)
        self.sample = json.loads(json.dumps(sample, default=plain))
        self.slots = asyncio.Semaphore(config["concurrency"])
        self.free = config["concurrency"] + config["queue"]

    async def answer(self, data: Any) -> Any:
        """The result of `run(data)`. Raises HTTPException 503 when too many wait, and whatever `run()` raises."""
        if self.free <= 0:
            raise HTTPException(503, "Too many requests are waiting. Try again in a moment.", {"Retry-After": "1"})
        self.free -= 1
        try:
            async with self.slots:
                if inspect.iscoroutinefunction(self.run):
                    return await self.run(data)
                return await run_in_threadpool(self.run, data)
        finally:
            self.free += 1


def plain(value: Any) -> Any:
    """What JSON lacks: NumPy arrays and scalars become lists and numbers, data frames lists of rows, models dictionaries."""
    if hasattr(value, "to_dict"):
        return value.to_dict(orient="records") if hasattr(value, "columns") else value.to_dict()
    for method in ("tolist", "model_dump", "isoformat"):
        if hasattr(value, method):
            return getattr(value, method)()
    if isinstance(value, set | frozenset | bytes):
        return list(value)
    raise TypeError(f"a {type(value).__name__} has no counterpart in JSON")


def shape(value: Any) -> dict[str, Any]:
    """The JSON schema of a value like the sample, for the documentation alone: requests are not held to it."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {str(key): shape(item) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return {"type": "array", "items": shape(value[0]) if value else {}}
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return {"type": name}
    return {}


async def read_json(request: Request, limit: int) -> Any:
    """The request's body. Raises HTTPException: 413 for a body over `limit` bytes, 400 for what is no JSON."""
    too_large = HTTPException(413, f"The request is larger than {limit:,} bytes.")
    if int(request.headers.get("content-length") or 0) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The request's body is not JSON: {error}") from None


async def answer(scorer: Scorer, data: Any) -> Response:
    """The response to a request's data. Raises HTTPException: 400 for what `run()` refuses, 500 for what it cannot do."""
    try:
        result = await scorer.answer(data)
    except HTTPException:
        raise
    except ValueError as error:
        log.warning("run() refused the request", exc_info=True)
        raise HTTPException(400, str(error) or "The request is not valid.") from None
    except (Exception, SystemExit) as error:  # sys.exit() in a score script must not end the service
        log.exception("run() failed")
        raise HTTPException(500, f"run() failed: {type(error).__name__}: {error}") from None
    try:
        text = json.dumps(result, default=plain, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        log.exception("run() gave what JSON cannot hold")
        raise HTTPException(500, f"run() gave a result that JSON cannot hold: {error}") from None
    return Response(text, media_type="application/json")


def create_app(config: dict[str, Any], scorer: Scorer, key: str) -> FastAPI:
    """The web application around a loaded score script."""
    app = FastAPI(
        title=config["service"],
        version=str(config["version"]),
        description=f"Serves version {config['version']} of the model {config['model']}, made by the run {config['run_id']}.",
    )
    telemetry = Telemetry(config)
    bearer = HTTPBearer(auto_error=False, description="The key of this service.")

    def check_key(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
        if given is None or not secrets.compare_digest(given.credentials.encode(), key.encode()):
            raise HTTPException(401, "The key is missing or wrong. Send: Authorization: Bearer KEY", {"WWW-Authenticate": "Bearer"})

    async def score(request: Request) -> Response:
        return await answer(scorer, await read_json(request, config["limit_bytes"]))

    def health() -> dict[str, Any]:
        return {"status": "healthy", **{name: config[name] for name in ("service", "model", "version")}}

    def metrics() -> Response:
        return Response(generate_latest(telemetry.registry), media_type=CONTENT_TYPE_LATEST)

    example = {} if scorer.sample is None else {"example": scorer.sample}
    content = {"application/json": {"schema": shape(scorer.sample), **example}}
    errors: dict[int | str, dict[str, Any]] = {
        400: {"description": "The body is not JSON, or the score script's run() raised a ValueError: its sentence is the detail"},
        401: {"description": "The key is missing or wrong"},
        413: {"description": "The body is too large"},
        500: {"description": "The score script's run() raised any other exception; the log has the details"},
        503: {"description": "Too many requests are waiting"},
    }
    app.middleware("http")(telemetry.watch)
    app.post(
        "/score",
        summary="Score one request",
        dependencies=[Depends(check_key)],
        responses=errors,
        openapi_extra={"requestBody": {"required": True, "content": content}},
    )(score)
    app.get("/health", summary="Whether the service answers")(health)
    app.get("/metrics", summary="Counters in the format of Prometheus", response_class=Response)(metrics)
    return app


def bind(host: str, port: int) -> socket.socket:
    """The listening address, taken before the model is loaded, so that a taken port is known at once."""
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)  # Windows, where SO_REUSEADDR lets two servers share a port
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR if exclusive is None else exclusive, 1)
    try:
        server.bind((host, port))
    except OSError as error:
        sys.exit(f"The port {port} cannot be used: {error.strerror or error}.")
    return server


def main() -> None:
    """Takes the port, loads the score script, then serves until it is asked to stop (SIGTERM or Ctrl+C)."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    config = json.loads((FOLDER / "service.json").read_text("utf-8"))
    # Taken out of the environment, so that the score script and what it starts do not have it.
    key = os.environ.pop("WORKBENCH_SERVICE_KEY", "")
    if not key:
        sys.exit("There is no key. Set the environment variable WORKBENCH_SERVICE_KEY.")
    os.environ.setdefault("WORKBENCH_MODEL_DIR", str(FOLDER / "model"))
    server = bind(config["host"], config["port"])
    log.info("Loading the model: init() of %s", config["script"])
    began = time.perf_counter()
    scorer = Scorer(config)
    log.info("The model is loaded, in %.1f s", time.perf_counter() - began)
    app = create_app(config, scorer, key)
    settings = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=config["stop_seconds"])
    uvicorn.Server(settings).run(sockets=[server])


if __name__ == "__main__":
    main()
