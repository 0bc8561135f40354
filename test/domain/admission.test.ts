import test from 'ava';
import * as fc from 'fast-check';
import { Admission, type AdmissionSettings, type TicketStatus } from '../../lib/domain/admission.ts';

const LEASE_MS = 10;
const fileId = 'f'.repeat(64);
const requestOf = (ticketId: string) => ({ ticketId, client: `client of ${ticketId}`, name: 'film', fileId, sizeBytes: 9 });

function admissionOf(settings: Partial<AdmissionSettings>): Admission {
  return new Admission(0, { maxRunning: 1, maxWaiting: 1000, leaseMs: LEASE_MS, resumeWithinMs: 100, ...settings });
}

const idsOf = (tickets: readonly TicketStatus[]) => tickets.map(({ ticketId }) => ticketId);
const runningIn = (admission: Admission) => idsOf(admission.all().filter(({ grantedAtMs }) => grantedAtMs !== undefined));
const waitingIn = (admission: Admission) => idsOf(admission.all().filter(({ grantedAtMs }) => grantedAtMs === undefined));

test('with a free place a download goes on at once; without one it waits its turn', t => {
  const admission = admissionOf({ maxRunning: 2 });
  t.deepEqual(['a', 'b', 'c', 'd'].map(id => admission.open(requestOf(id), 5).grantedAtMs), [5, 5, undefined, undefined]);
  t.deepEqual(['a', 'b', 'c', 'd', 'nobody'].map(id => admission.positionOf(id)), [0, 0, 1, 2, 0]);
  t.like(admission.close('a', 7), { ticketId: 'a', client: 'client of a' });
  t.like(admission.get('c'), { openedAtMs: 5, grantedAtMs: 7 });
  t.is(admission.positionOf('d'), 1);
});

test('without a limit nobody waits', t => {
  const admission = admissionOf({ maxRunning: 0, maxWaiting: 0 });
  for (let index = 0; index < 100; index += 1) t.is(admission.open(requestOf(String(index)), index).grantedAtMs, index);
});

test('a line that is full takes nobody, until somebody leaves it', t => {
  const admission = admissionOf({ maxWaiting: 2 });
  for (const id of ['a', 'b', 'c']) admission.open(requestOf(id), 0);
  t.throws(() => admission.open(requestOf('d'), 0), { code: 'line_full', message: /"waiting":2/ });
  t.throws(() => admission.get('d'), { code: 'ticket_not_found' });
  admission.close('b', 0);
  t.is(admission.open(requestOf('d'), 0).grantedAtMs, undefined);
});

test('a place is kept by renewing it, and lost after the lease', t => {
  const admission = admissionOf({});
  admission.open(requestOf('running'), 0);
  admission.open(requestOf('waiting'), 0);
  admission.open(requestOf('patient'), 0);
  admission.renew('running', 7, LEASE_MS);
  admission.renew('patient', 0, LEASE_MS);
  t.deepEqual(admission.expire(LEASE_MS), []);
  t.deepEqual(idsOf(admission.expire(LEASE_MS + 1)), ['waiting']);
  t.is(admission.positionOf('patient'), 1);
  const [expired] = admission.expire(2 * LEASE_MS + 1);
  t.like(expired, { ticketId: 'running', doneBytes: 7 });
  t.deepEqual(admission.all(), [], 'the other one had not renewed either');
  for (const gone of ['running', 'waiting', 'patient']) t.throws(() => admission.renew(gone, 0, 0), { code: 'ticket_not_found' });
  t.throws(() => admission.close('running', 0), { code: 'ticket_not_found' });
});

test('who was downloading before the central started goes on at once, above the limit and before those who wait', t => {
  const admission = admissionOf({ maxWaiting: 1 });
  for (const id of ['a', 'b']) admission.open(requestOf(id), 1);
  t.is(admission.open(requestOf('c'), 99, { isRunning: true }).grantedAtMs, 99);
  admission.close('a', 99);
  t.deepEqual([runningIn(admission), waitingIn(admission)], [['c'], ['b']], 'there is still one too many');
  admission.close('c', 99);
  t.deepEqual(runningIn(admission), ['b']);
});

test('long after the start nobody goes first by saying that it was downloading', t => {
  const admission = admissionOf({});
  for (const id of ['a', 'b']) admission.open(requestOf(id), 90);
  t.is(admission.open(requestOf('c'), 100, { isRunning: true }).grantedAtMs, undefined);
  t.is(admission.positionOf('c'), 2);
});

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('open' as const) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('close' as const), which: fc.nat(30) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('renew' as const), which: fc.nat(30) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: LEASE_MS }) }) },
);

test('whoever comes, goes or vanishes: never more than the limit, first come first served, no gap in the line', t => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 120 }), fc.integer({ min: 1, max: 4 }), (actions, maxRunning) => {
      const admission = admissionOf({ maxRunning });
      /** Those still here, in order of arrival. */
      let present: string[] = [];
      let grants: string[] = [];
      let opened = 0;
      let nowMs = 0;
      const leave = (gone: readonly string[]) => {
        present = present.filter(id => !gone.includes(id));
      };
      const check = () => {
        const running = runningIn(admission);
        t.is(running.length, Math.min(maxRunning, present.length), 'no place is free while somebody waits');
        t.deepEqual(waitingIn(admission), present.filter(id => !running.includes(id)));
        t.deepEqual(waitingIn(admission).map(id => admission.positionOf(id)), waitingIn(admission).map((_, index) => index + 1));
        for (const id of running) t.is(admission.positionOf(id), 0);
        grants.push(...running.filter(id => !grants.includes(id)));
        t.deepEqual(grants, [...grants].sort((a, b) => Number(a) - Number(b)), 'in order of arrival');
      };
      for (const { type, ...details } of actions) {
        const chosen = 'which' in details ? present[details.which % present.length] : undefined;
        if (type === 'open') present.push(admission.open(requestOf(String(opened++)), nowMs).ticketId);
        if (type === 'close' && chosen !== undefined) leave([admission.close(chosen, nowMs).ticketId]);
        if (type === 'renew' && chosen !== undefined) admission.renew(chosen, 1, nowMs);
        if ('ms' in details) {
          nowMs += details.ms;
          leave(idsOf(admission.expire(nowMs)));
        }
        check();
      }
      // All who are still here get their turn when those before them leave, one way or the other.
      const [patient] = present.slice(-1);
      while (present.length > 1) {
        const running = runningIn(admission).find(id => id !== patient)!;
        if (present.length % 2 === 0) leave([admission.close(running, nowMs).ticketId]);
        else {
          nowMs += LEASE_MS + 1;
          for (const id of present.filter(id => id !== running)) admission.renew(id, 1, nowMs);
          leave(idsOf(admission.expire(nowMs)));
        }
        check();
      }
      t.deepEqual(runningIn(admission), present);
      grants = [];
    }),
  );
});

test('in a line of ten thousand everybody has a place', t => {
  const admission = admissionOf({ maxWaiting: 10_000 });
  for (let index = 0; index <= 10_000; index += 1) admission.open(requestOf(String(index)), 0);
  for (let index = 1; index <= 10_000; index += 1) t.is(admission.positionOf(String(index)), index);
});
