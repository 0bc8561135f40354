export interface ServerEvent {
  readonly id: string;
  readonly data: string;
}

/** What one stream of Server-Sent Events says (WHATWG HTML §9.2), in pieces as they come. Kinds of events are not told apart. */
export class ServerEventReader {
  #lastId: string;
  #retryMs: number | undefined;
  #line = '';
  #id: string;
  #data: string[] = [];
  #isAfterCr = false;

  constructor(lastId: string) {
    this.#lastId = lastId;
    this.#id = lastId;
  }

  /** Of the last event that came whole: with it one asks for those that follow. */
  get lastId(): string {
    return this.#lastId;
  }

  /** How long the server wants to be left alone when the stream ends, if it said so. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  push(text: string): readonly ServerEvent[] {
    if (text === '') return [];
    // A line may end with CR, LF or both, and what comes may be cut between them.
    const fresh = this.#isAfterCr && text.startsWith('\n') ? text.slice(1) : text;
    this.#isAfterCr = text.endsWith('\r');
    const lines = (this.#line + fresh).split(/\r\n|\r|\n/);
    this.#line = lines.pop()!;
    return lines.flatMap(line => (line === '' ? this.#end() : this.#take(line)));
  }

  #take(line: string): [] {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
    if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.#retryMs = Number(value);
    return [];
  }

  #end(): readonly ServerEvent[] {
    this.#lastId = this.#id;
    const data = this.#data;
    this.#data = [];
    return data.length === 0 ? [] : [{ id: this.#lastId, data: data.join('\n') }];
  }
}
