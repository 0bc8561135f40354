import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import makeMdns from 'multicast-dns';

export interface SrvRecord {
  readonly target: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** How a server answers: with those records, that the name does not exist, or not at all. */
export type DnsAnswer = readonly SrvRecord[] | 'NXDOMAIN' | 'silence';

const NXDOMAIN = 3;

/** A DNS server on loopback that knows one kind of record; what it answers may change. */
export class DnsServer {
  /** `IP:PORT`, as resolvers take it. */
  readonly address: string;
  /** Names that were asked, in order. */
  readonly asked: string[] = [];
  answer: DnsAnswer;

  private constructor(address: string, answer: DnsAnswer) {
    this.address = address;
    this.answer = answer;
  }

  static async start(t: Pick<ExecutionContext, 'teardown'>, answer: DnsAnswer): Promise<DnsServer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const server = new DnsServer(`127.0.0.1:${socket.address().port}`, answer);
    // The messages of DNS and of mDNS are the same.
    const dns = makeMdns({ socket, bind: false, multicast: false });
    dns.on('query', ({ id, questions = [] }, from) => {
      const { name } = questions[0]!;
      server.asked.push(name);
      if (server.answer === 'silence') return;
      const records = server.answer === 'NXDOMAIN' ? [] : server.answer;
      const answers = records.map(data => ({ type: 'SRV', name, ttl: 1, data }) as const);
      dns.respond({ id, questions, answers, ...(server.answer === 'NXDOMAIN' && { flags: NXDOMAIN }) }, from);
    });
    t.teardown(() => new Promise<void>(resolve => dns.destroy(resolve)));
    return server;
  }
}
