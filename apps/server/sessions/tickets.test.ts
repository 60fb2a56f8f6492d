import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { Tickets } from "./tickets.ts";

test("a ticket gives what it was made for, once", () => {
  const tickets = new Tickets<string>(testClock());
  const { ticket } = tickets.give("a screen");
  assert.match(ticket, /^[\w-]{43}$/);
  assert.equal(tickets.take(ticket), "a screen");
  assert.equal(tickets.take(ticket), undefined);
  assert.equal(tickets.take("A".repeat(43)), undefined);
});

test("a ticket is good for 30 seconds", async () => {
  const clock = testClock(0);
  const tickets = new Tickets<string>(clock);
  const [early, late] = [tickets.give("early"), tickets.give("late")];
  assert.equal(early.expiresAt.toISOString(), "1970-01-01T00:00:30.000Z");
  await clock.advance(29_999);
  assert.equal(tickets.take(early.ticket), "early");
  await clock.advance(1);
  assert.equal(tickets.take(late.ticket), undefined);
});

test("tickets that nobody shows are forgotten, the oldest first when there are too many", async () => {
  const clock = testClock();
  const tickets = new Tickets<number>(clock);
  const [first] = [tickets.give(0)];
  for (let count = 1; count < 1_000; count += 1) tickets.give(count);
  const last = tickets.give(1_000);
  assert.equal(tickets.take(first.ticket), undefined);
  assert.equal(tickets.take(last.ticket), 1_000);
});
