import type { Command, CommandOutput } from '../../base/command.ts';
import { isVideoError, toVideoError, VideoError } from '../../base/errors.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { errorSentence } from '../../base/messages/sentence.ts';
import { problemOf, watchCentral } from './central-watch.ts';
import { askingCommands, clientCommands } from './commands.ts';
import { Downloads, type DownloadViews } from './downloads.ts';
import { ForeignDownloads } from './foreign/foreign-downloads.ts';
import type { ForeignFileToGet } from './foreign/files.ts';
import type { ForeignPorts } from './foreign/get-foreign.ts';
import { foreignWishes, isForeignWord, shownWord, type ForeignWish } from './foreign/wishes.ts';
import { getVideo, type GetPorts, type GetResult } from './get.ts';
import { parseNameList, STANDARD_INPUT } from './name-list.ts';
import { OrderOutcomes } from './order-outcomes.ts';
import { ask, wantedBy, type Order } from './orders.ts';
import { reportLines } from './report.ts';
import { clientNameOf, SIMULTANEOUS_DOWNLOADS, type ClientSettings } from './settings.ts';
import { StatisticsKeeper, type StatisticsStore } from './statistics-keeper.ts';

export interface SessionPorts extends GetPorts {
  /** For files of others; called at most once. */
  readonly openForeignPorts: () => Promise<ForeignPorts>;
  /** The text of a list; `-` is the standard input. */
  readonly readList: (path: string, options: { readonly signal: AbortSignal }) => Promise<string>;
  readonly language: Language;
  readonly messages: Messages;
  /** Downloads are put down safely, and the session ends. */
  readonly signal: AbortSignal;
  readonly output: CommandOutput;
  readonly views: DownloadViews;
  readonly store: StatisticsStore;
  /** With `--json`, instead of lines for people. */
  readonly tellProgram: ((value: object) => void) | undefined;
  readonly tellError: (text: string) => void;
  readonly whileLooking: <T>(text: string, task: () => Promise<T>) => Promise<T>;
}

type GetOrder = Extract<Order, { type: 'get' }>;

/** Where names stand in the list that names them, in words. */
type Lines = ReadonlyMap<string, string>;

/** One run of the client: its name, its downloads and what is counted of them. */
export class ClientSession {
  readonly #settings: ClientSettings;
  readonly #ports: SessionPorts;
  readonly #statistics: StatisticsKeeper;
  readonly #downloads: Downloads;
  readonly #foreign: ForeignDownloads;
  #clientName: string;
  /** Resolves when every URL that was typed is known to be a download, or none. */
  #beginning: Promise<unknown> = Promise.resolve();

  constructor(settings: ClientSettings, ports: SessionPorts) {
    const { store, clock, log, views, signal } = ports;
    this.#settings = settings;
    this.#ports = ports;
    this.#clientName = settings.clientName;
    this.#statistics = new StatisticsKeeper(settings.clientName, { directory: settings.statisticsDirectory, store, clock, log });
    this.#downloads = new Downloads({
      get: (name, request) =>
        getVideo(name, { ...request, clientName: this.#clientName, directory: settings.directory, signal }, ports),
      views,
      log,
      signal,
      atOnce: SIMULTANEOUS_DOWNLOADS,
      onRecord: record => this.#statistics.add(record),
    });
    this.#foreign = new ForeignDownloads({
      directory: settings.directory,
      openPorts: ports.openForeignPorts,
      downloads: this.#downloads,
      signal,
    });
  }

  /** @throws VideoError why the order could not be carried out; of several downloads, `downloads_failed`. */
  async runOrder(asked: Exclude<Order, { type: 'help' }>, outputPath: string | undefined): Promise<void> {
    const { control, output, signal } = this.#ports;
    const order = asked.type === 'get' ? await this.#withListed(asked) : asked;
    const needsCentral = order.type === 'ask' || order.names.length > 0;
    if (needsCentral) await this.#whileLooking(() => control.health(undefined, { signal }));
    if (order.type === 'ask') return ask(order, askingCommands(this.#ports), output, signal);
    try {
      await this.#getAll(order, outputPath);
    } finally {
      await this.#saveStatistics();
    }
  }

  /** `readCommands` resolves at the end of the input; downloads that still run are waited for. */
  async runConsole(readCommands: (commands: readonly Command[]) => Promise<void>): Promise<void> {
    const { control, clock, log, messages, output, signal } = this.#ports;
    const url = this.#settings.centralUrls.join(', ');
    const problem = await this.#whileLooking(() => problemOf(control, signal));
    if (problem !== undefined && !signal.aborted) {
      log.warn('central.lost', { url, reason: problem });
      output.line(messages.client.searchingHint);
    }
    const ended = new AbortController();
    const background = Promise.all([
      watchCentral({ control, url, isFound: problem === undefined, clock, log, signal: ended.signal }),
      this.#statistics.saveRegularly(ended.signal),
    ]);
    try {
      await readCommands(this.#consoleCommands());
      await this.#beginning;
      const left = this.#downloads.running.length;
      if (left > 0 && !signal.aborted) output.line(messages.client.finishing(left));
      await this.#downloads.settled();
      if (left > 0) signal.throwIfAborted();
    } finally {
      ended.abort();
      await background;
      await this.#saveStatistics();
    }
  }

  #consoleCommands(): readonly Command[] {
    return clientCommands({
      ...this.#ports,
      register: (name, signal) => this.#register(name, signal),
      begin: name => this.#begin(name),
      running: () => this.#downloads.running,
    });
  }

  async #register(typed: string, signal: AbortSignal): Promise<{ readonly name: string; readonly downloads: number }> {
    const name = clientNameOf(typed, 'INSCRIBIR', this.#ports.messages);
    const registered = await this.#ports.control.clients.register({ name }, { signal });
    await this.#statistics.rename(name);
    this.#clientName = name;
    return registered;
  }

  #begin(name: string): boolean {
    if (isForeignWord(name)) {
      this.#beginning = Promise.all([this.#beginning, this.#beginForeign(name)]);
      return true;
    }
    if (this.#downloads.isRunning(name)) return false;
    this.#follow(name, this.#downloads.start(name));
    return true;
  }

  async #beginForeign(word: string): Promise<void> {
    const { files, failures } = await this.#foreign.find(foreignWishes([word], false));
    for (const { name, error } of failures) this.#tellFailure(name, error);
    for (const file of files) this.#follow(file.name, this.#foreign.start(file));
  }

  /** Tells the end of a download that goes on by itself. */
  #follow(name: string, download: Promise<GetResult>): void {
    void download.then(
      result => {
        this.#tellEnd(result);
        if (result.error && !isVideoError(result.error, 'cancelled')) this.#tellError(result.error);
      },
      (error: unknown) => this.#tellFailure(name, toVideoError(error)),
    );
  }

  /** What the order wants, with what its list names. */
  async #withListed({ list, ...order }: GetOrder): Promise<GetOrder & { readonly lines?: Lines }> {
    if (list === undefined) return order;
    const { readList, messages, signal } = this.#ports;
    const called = list === STANDARD_INPUT ? messages.client.standardInput : list;
    const listed = parseNameList(await readList(list, { signal }), called);
    const { names, wishes } = wantedBy([...listed.keys()].filter(word => !order.names.includes(word)));
    const lines = new Map([...listed].map(([word, line]) => [shownWord(word), messages.client.listedAt(called, line)]));
    return { ...order, names: [...order.names, ...names], wishes: [...order.wishes, ...wishes], lines };
  }

  async #getAll({ names, wishes, lines }: GetOrder & { readonly lines?: Lines }, outputPath: string | undefined): Promise<void> {
    const outcomes = new OrderOutcomes();
    const follow = async (name: string, start: () => Promise<GetResult>) => {
      try {
        const result = await start();
        this.#tellEnd(result);
        outcomes.ended(result);
      } catch (error) {
        outcomes.failedWith(name, toVideoError(error));
        this.#tellNotBegun(name, toVideoError(error));
      }
    };
    const files = await this.#foreignFiles(wishes, outputPath, outcomes);
    await Promise.all([
      ...names.map(name => follow(name, () => this.#downloads.start(name, { outputPath }))),
      ...files.map(file => follow(file.name, () => this.#foreign.start(file, outputPath))),
    ]);
    this.#tellOutcomes(outcomes, lines);
  }

  /** @throws VideoError when not every one is done */
  #tellOutcomes(outcomes: OrderOutcomes, lines: Lines | undefined): void {
    const { tellProgram, tellError, output, messages, signal } = this.#ports;
    const { failed, total } = outcomes;
    tellProgram?.(outcomes.summary);
    signal.throwIfAborted();
    const [first] = failed;
    if (first && total === 1 && !lines) throw first.error;
    for (const { name, error } of failed) {
      const line = lines?.get(name);
      tellError((line === undefined ? '' : `${line}: `) + errorSentence(messages, error));
    }
    if (first) throw new VideoError('downloads_failed', { failed: failed.map(({ name }) => name), total });
    if (total > 1 && !tellProgram) output.line(messages.client.allDone(total));
  }

  /** What the wishes are about; those that cannot be found out add to `outcomes`. */
  async #foreignFiles(wishes: readonly ForeignWish[], outputPath: string | undefined, outcomes: OrderOutcomes): Promise<readonly ForeignFileToGet[]> {
    if (wishes.length === 0) return [];
    const { messages, whileLooking, signal } = this.#ports;
    const { files, failures } = await whileLooking(messages.client.askingMirrors, () => this.#foreign.find(wishes));
    signal.throwIfAborted();
    for (const { name, error } of failures) {
      outcomes.failedWith(name, error);
      this.#tellNotBegun(name, error);
    }
    if (outputPath !== undefined && files.length > 1) throw new VideoError('usage', { reason: messages.client.outputForOne });
    return files;
  }

  #tellEnd({ record, error }: GetResult): void {
    const { tellProgram, output, language, messages } = this.#ports;
    if (tellProgram) tellProgram({ event: record.outcome, name: record.name, ...(error && { error: error.code }), record });
    else for (const line of reportLines(record, language, messages)) output.line(line);
  }

  #tellFailure(name: string, error: VideoError): void {
    if (this.#ports.signal.aborted && isVideoError(error, 'cancelled')) return;
    this.#tellNotBegun(name, error);
    this.#tellError(error);
  }

  /** To programs; there is no record of it. */
  #tellNotBegun(name: string, { code }: VideoError): void {
    this.#ports.tellProgram?.({ event: code === 'cancelled' ? 'cancelled' : 'failed', name, error: code });
  }

  #tellError(error: VideoError): void {
    this.#ports.tellError(errorSentence(this.#ports.messages, error));
  }

  #whileLooking<T>(task: () => Promise<T>): Promise<T> {
    const { messages, whileLooking } = this.#ports;
    return whileLooking(messages.client.looking(this.#settings.centralUrls.join(', ')), task);
  }

  async #saveStatistics(): Promise<void> {
    const isSaved = await this.#statistics.save();
    if (isSaved) this.#ports.log.info('statistics.saved', { path: this.#statistics.path });
  }
}
