"""The part of the student's socket that requests snapshots and submits them. Protocol: docs/protocol.md."""

import asyncio
import logging
import random

from django.conf import settings
from django.utils import timezone

from classroom.consumers import analysis
from classroom.consumers.pacing import LOSSES, Pace
from classroom.consumers.session_socket import SessionSocket
from classroom.infra import events, metrics
from classroom.infra.event_types import SnapshotDropped, SnapshotResult
from classroom.snapshots import DropReason, Frame

logger = logging.getLogger(__name__)

# A credit without an outcome expires after this long: the browser, or the task, has lost it.
CREDIT_EXPIRES_S = 10


class SnapshotCredits(SessionSocket):
    """Grants one credit at a time and waits for its outcome: a result, a drop, a refusal or expiry."""

    seq = 0
    credit_open = False
    granting: asyncio.Task | None = None
    submitting: asyncio.Task | None = None

    def __init__(self) -> None:
        super().__init__()
        self.settled = asyncio.Event()
        self.pace = Pace(shortest_ms=settings.SNAPSHOT_INTERVAL_MS, longest_ms=settings.SNAPSHOT_INTERVAL_MAX_MS)

    # --- from credit to snapshot

    def start_credits(self) -> None:
        if self.granting is None or self.granting.done():
            self.granting = self.run_in_background(self._grant_credits())

    def stop_credits(self) -> None:
        self.credit_open = False
        for task in (self.granting, self.submitting):
            if task:
                task.cancel()
        self.granting = self.submitting = None

    def submit_snapshot(self, frame: Frame) -> None:
        self.credit_open = False
        # Not awaited: embedded, the analysis runs meanwhile, and a pause must not wait for it.
        self.submitting = self.run_in_background(self._submit(frame))

    def settle(self, seq: int) -> None:
        """Let the next credit follow, if `seq` is the current one."""
        if seq == self.seq:
            self.credit_open = False
            self.settled.set()

    # --- group handlers

    async def snapshot_result(self, message: SnapshotResult) -> None:
        self.pace.record_wait(message["queue_ms"])
        await self.send_json({"type": "result", **message["result"]})
        self.settle(message["result"]["seq"])

    async def snapshot_dropped(self, message: SnapshotDropped) -> None:
        # If the snapshot's credit has expired, the loss is already recorded.
        if message["reason"] in LOSSES and message["seq"] == self.seq:
            self.pace.record_loss()
        await self.send_json({"type": "dropped", "seq": message["seq"], "reason": message["reason"]})
        self.settle(message["seq"])

    # --- inside

    async def _grant_credits(self) -> None:
        """Grant one credit at a time: the next once the last is settled or expired and the interval is over."""
        if not analysis.is_warm():
            await self.send_json({"type": "warming"})
        await analysis.warm()
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self.pace.first_delay_s(random.random()))  # noqa: S311  # spreads load, hides nothing
        while True:
            granted_at = loop.time()
            await self._grant_credit()
            try:
                async with asyncio.timeout(CREDIT_EXPIRES_S):
                    await self.settled.wait()
            except TimeoutError:
                metrics.GIVEN_UP.inc()
                # If the browser sent nothing, the expiry says nothing about the server's load.
                if not self.credit_open:
                    self.pace.record_loss()
            interval_s = self.pace.next_interval_s(random.random())  # noqa: S311  # as above
            await asyncio.sleep(max(0.0, granted_at + interval_s - loop.time()))

    async def _grant_credit(self) -> None:
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
                "faces_only": self.session.course.faces_only,
            }
        )

    async def _submit(self, frame: Frame) -> None:
        received_ms = int(timezone.now().timestamp() * 1000)
        reason: DropReason
        try:
            await analysis.submit(
                session_id=self.session.pk,
                student_id=self.user.pk,
                frame=frame,
                received_ms=received_ms,
                reply_channel=self.channel_name,
            )
            return
        except analysis.NoThreadInTime:
            reason = "stale"
        except Exception:
            logger.exception("could not submit a snapshot of session %s", self.session.pk)
            reason = "failed"
        metrics.record_dropped(reason)
        await self.snapshot_dropped(events.snapshot_dropped(frame.seq, reason, queue_ms=0))
