"""The part of the student's socket that asks for snapshots and hands them over. Protocol: docs/architecture.md."""

import asyncio
import contextlib
import logging
from typing import Any

from django.conf import settings
from django.utils import timezone

from classroom.consumers import analysis
from classroom.consumers.pacing import LOSSES, Pace
from classroom.consumers.session_socket import SessionSocket
from classroom.infra import metrics
from classroom.snapshots import Frame

logger = logging.getLogger(__name__)

# A credit without an outcome after this long is given up: the browser, or the task, has lost it.
CREDIT_EXPIRES_S = 10


class SnapshotCredits(SessionSocket):
    seq = 0
    credit_open = False
    pacing: asyncio.Task | None = None
    submitting: asyncio.Task | None = None
    pace: Pace
    settled: asyncio.Event

    def _prepare_credits(self) -> None:
        self.settled = asyncio.Event()
        self.pace = Pace(shortest_ms=settings.SNAPSHOT_INTERVAL_MS, longest_ms=settings.SNAPSHOT_INTERVAL_MAX_MS)

    # --- group handlers

    async def snapshot_result(self, message: dict[str, Any]) -> None:
        self.pace.waited(message["queue_ms"])
        await self.send_json({"type": "result", **message["result"]})
        self._settle(message["result"]["seq"])

    async def snapshot_dropped(self, message: dict[str, Any]) -> None:
        # Of one that was given up already, no more is to be learnt.
        if message["reason"] in LOSSES and message["seq"] == self.seq:
            self.pace.lost()
        await self.send_json({"type": "dropped", "seq": message["seq"], "reason": message["reason"]})
        self._settle(message["seq"])

    # --- credits

    def _start_pacing(self) -> None:
        if self.pacing is None or self.pacing.done():
            self.pacing = self.in_background(self._pace())

    def _stop_pacing(self) -> None:
        self.credit_open = False
        for task in (self.pacing, self.submitting):
            if task:
                task.cancel()
        self.pacing = self.submitting = None

    async def _pace(self) -> None:
        """Grant one credit at a time: the next when the last is settled and the interval is over."""
        if not analysis.is_warm():
            await self.send_json({"type": "warming"})
        await analysis.warm()
        await asyncio.sleep(self.pace.first_delay_s())
        loop = asyncio.get_running_loop()
        while True:
            granted_at = loop.time()
            await self._grant()
            await self._outcome()
            await asyncio.sleep(max(0.0, granted_at + self.pace.next_interval_s() - loop.time()))

    async def _grant(self) -> None:
        self.seq += 1
        self.credit_open = True
        self.settled.clear()
        await self.send_json(
            {
                "type": "capture",
                "seq": self.seq,
                "interval_ms": round(self.pace.interval_ms),
                "quality": settings.SNAPSHOT_QUALITY,
                "width": settings.SNAPSHOT_WIDTH,
            }
        )

    async def _outcome(self) -> None:
        """Wait until the credit is settled, or given up."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.settled.wait(), CREDIT_EXPIRES_S)
            return
        metrics.GIVEN_UP.inc()
        # A browser that sent nothing says nothing about the server.
        if not self.credit_open:
            self.pace.lost()

    def _settle(self, seq: int) -> None:
        if seq == self.seq:
            self.credit_open = False
            self.settled.set()

    # --- frames

    def _hand_over(self, frame: Frame) -> None:
        self.credit_open = False
        # Not awaited: embedded, the analysis happens meanwhile, and a pause must not wait for it.
        self.submitting = self.in_background(self._submit(frame))

    async def _submit(self, frame: Frame) -> None:
        received_ms = int(timezone.now().timestamp() * 1000)
        try:
            await analysis.submit(
                session_id=self.session.pk,
                student_id=self.user.pk,
                frame=frame,
                received_ms=received_ms,
                reply_channel=self.channel_name,
            )
        except analysis.NoThreadInTime:
            await self._drop(frame, "stale")
        except Exception:
            logger.exception("A snapshot of session %s could not be handed over.", self.session.pk)
            await self._drop(frame, "failed")

    async def _drop(self, frame: Frame, reason: str) -> None:
        metrics.DROPPED.labels(reason).inc()
        await self.snapshot_dropped({"seq": frame.seq, "reason": reason})
