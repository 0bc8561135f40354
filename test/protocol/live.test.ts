import test from 'ava';
import fc from 'fast-check';
import { BlockSigner } from '../../lib/domain/live/block-signature.ts';
import { LOSSES } from '../../lib/domain/live/relay-messages.ts';
import { decodeMessage, encodeMessage, FRAME_PREFIX_BYTES, readFramePrefix, type LiveMessage } from '../../lib/protocol/live.ts';
import { limits } from '../../lib/protocol/limits.ts';

const id = fc.stringMatching(/^[\w-]{1,64}$/);
const count = fc.nat();
const tree = fc.nat({ max: 3 });
const port = fc.nat({ max: 65_535 });
const contact = fc.record({ id, address: fc.record({ host: fc.constantFrom('127.0.0.1', '::1', '192.168.1.20'), port: fc.integer({ min: 1, max: 65_535 }) }) }, { requiredKeys: ['id'] });
const optional = { noNullPrototype: true } as const;
const [slice] = new BlockSigner().slices({ bytes: Buffer.from('a film'), durationMs: 2000, isBeginning: true }, 5);

const messages: fc.Arbitrary<LiveMessage> = fc.oneof(
  fc.record({ type: fc.constant('hello'), version: count, channel: fc.nat({ max: 9 }), id, to: id }, optional),
  fc.record({ type: fc.constant('join'), slots: count, port }, optional),
  fc.record({ type: fc.constant('report'), sent: count, slots: count }, optional),
  fc.record({ type: fc.constant('lost'), tree, parent: id, why: fc.constantFrom(...LOSSES), now: id }, { requiredKeys: ['type', 'tree', 'parent', 'why'], ...optional }),
  fc.record({ type: fc.constantFrom('leave', 'alive') }, optional),
  fc.record({ type: fc.constant('welcome'), stream: fc.record({ id, channel: count }, optional), airMs: count, next: count, canRelay: fc.boolean() }, optional),
  fc.record({ type: fc.constant('assign'), tree, parent: contact, backups: fc.array(contact, { maxLength: 2 }) }, { requiredKeys: ['type', 'tree', 'backups'], ...optional }),
  fc.record({ type: fc.constant('subscribe'), tree, from: count, children: count }, optional),
  fc.record({ type: fc.constantFrom('unsubscribe', 'subscribed', 'refused'), tree }, optional),
  fc.record({ type: fc.constantFrom('pull', 'lacks'), number: count, index: tree }, optional),
  fc.constant({ type: 'slice', slice: slice! }),
) as fc.Arbitrary<LiveMessage>;

function frameOf(message: LiveMessage): { readonly json: Buffer; readonly body: Buffer } {
  const { head, body } = encodeMessage(message);
  const { headBytes, bodyBytes } = readFramePrefix(head.subarray(0, FRAME_PREFIX_BYTES), true);
  const json = head.subarray(FRAME_PREFIX_BYTES);
  return headBytes === json.byteLength && bodyBytes === body.byteLength ? { json, body: Buffer.from(body) } : { json: Buffer.alloc(0), body: Buffer.alloc(0) };
}

test('every message is understood as it was sent', t => {
  fc.assert(
    fc.property(messages, message => {
      const { json, body } = frameOf(message);
      const read = decodeMessage(json, body);
      if (message.type === 'slice' && read.type === 'slice') {
        t.deepEqual(read.slice.block, message.slice.block);
        t.deepEqual(Buffer.from(read.slice.bytes), Buffer.from(message.slice.bytes));
      } else t.deepEqual(read, JSON.parse(JSON.stringify(message)));
    }),
    { numRuns: 300 },
  );
});

test('what is no message is refused', t => {
  const refused = { code: 'invalid_request' };
  const decode = (text: string, body = '') => () => decodeMessage(Buffer.from(text), Buffer.from(body));
  for (const text of ['', 'null', '[]', '{}', '{"type":"nothing"}', '{"type":"join"}', '{"type":"join","slots":-1,"port":1}', '{"type":"pull","number":1,"index":4}', '{"type":"subscribe","tree":0.5,"from":0,"children":0}']) {
    t.throws(decode(text), refused, text);
  }
  t.throws(decode('{"type":"alive"}', 'a body'), refused);
  fc.assert(fc.property(fc.string(), text => void t.throws(decode(text), refused)), { numRuns: 100 });
});

test('nobody is made to keep room for what is too large, or for a slice that is not awaited', t => {
  const prefix = (headBytes: number, bodyBytes: number) => {
    const bytes = Buffer.alloc(FRAME_PREFIX_BYTES);
    bytes.writeUInt32BE(headBytes, 0);
    bytes.writeUInt32BE(bodyBytes, 4);
    return bytes;
  };
  const refused = { code: 'invalid_request' };
  t.throws(() => readFramePrefix(prefix(0, 0), true), refused);
  t.throws(() => readFramePrefix(prefix(limits.liveHeadMaxBytes + 1, 0), true), refused);
  t.throws(() => readFramePrefix(prefix(2, limits.liveBlockMaxBytes), true), refused);
  t.throws(() => readFramePrefix(prefix(2, 1), false), refused);
  t.deepEqual(readFramePrefix(prefix(2, 1), true), { headBytes: 2, bodyBytes: 1 });
});
