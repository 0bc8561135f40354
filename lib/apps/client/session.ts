import type { Command } from '../../base/command.ts';
import { isVideoError, toVideoError, type VideoError } from '../../base/errors.ts';
import { expectedRates } from '../../domain/download/source-history.ts';
import type { OpenPlayerServer } from '../../domain/download/player-server.ts';
import { problemOf, watchCentral } from './central-watch.ts';
import { askingCommands, clientCommands, showList } from './commands.ts';
import { DownloadTeller, type DownloadTellerPorts } from './download-teller.ts';
import { Downloads, type DownloadRequest, type DownloadViews } from './downloads.ts';
import { ForeignDownloads } from './foreign/foreign-downloads.ts';
import type { ForeignPorts } from './foreign/get-foreign.ts';
import { foreignWishes, isForeignWord } from './foreign/wishes.ts';
import { getAll, withListed, type ListPorts } from './get-order.ts';
import { getVideo, type GetOptions, type GetPorts, type GetResult } from './get.ts';
import { removeVideos, renameVideo, restoreVideo } from './name-changes.ts';
import { ask, type NameChange, type Order } from './orders.ts';
import { putAll, type PutWishes } from './put-order.ts';
import type { PutPorts } from './put.ts';
import { clientNameOf, SIMULTANEOUS_DOWNLOADS, type ClientSettings } from './settings.ts';
import { StatisticsKeeper, type StatisticsStore } from './statistics-keeper.ts';
import { trashCommands } from './trash-commands.ts';
import { watchVideo, type Player } from './watch.ts';

export interface SessionPorts extends GetPorts, ListPorts, DownloadTellerPorts {
  /** For files of others; called at most once. */
  readonly openForeignPorts: () => Promise<ForeignPorts>;
  readonly put: Pick<PutPorts, 'describe' | 'sender'>;
  readonly openPlayerServer: OpenPlayerServer;
  /** Serves what is downloaded; undefined when nobody asked for that. */
  readonly sharing: { end(): Promise<{ readonly bytes: number }> } | undefined;
  readonly startPlayer: ((url: string) => Promise<Player>) | undefined;
  /** Downloads are put down safely, and the session ends. */
  readonly signal: AbortSignal;
  readonly views: DownloadViews;
  readonly store: StatisticsStore;
  /** Of a person at a terminal; true where nobody can be asked. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly whileLooking: <T>(text: string, task: () => Promise<T>) => Promise<T>;
}

/** What flags say of an order. */
export interface OrderDetails {
  readonly outputPath: string | undefined;
  readonly wishes: PutWishes;
}

/** One run of the client: its name, its downloads and what is counted of them. */
export class ClientSession {
  readonly #settings: ClientSettings;
  readonly #ports: SessionPorts;
  readonly #statistics: StatisticsKeeper;
  readonly #downloads: Downloads;
  readonly #foreign: ForeignDownloads;
  readonly #teller: DownloadTeller;
  #clientName: string;
  /** Resolves when every URL that was typed is known to be a download, or none. */
  #beginning: Promise<unknown> = Promise.resolve();

  constructor(settings: ClientSettings, ports: SessionPorts) {
    const { store, clock, log, views, signal } = ports;
    this.#settings = settings;
    this.#ports = ports;
    this.#clientName = settings.clientName;
    this.#teller = new DownloadTeller(ports);
    this.#statistics = new StatisticsKeeper(settings.clientName, { directory: settings.statisticsDirectory, store, clock, log });
    this.#downloads = new Downloads({
      get: (name, request) => this.#get(name, { ...request, signal }),
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
  async runOrder(asked: Exclude<Order, { type: 'help' | 'plot' }>, { outputPath, wishes }: OrderDetails): Promise<void> {
    const { control, output, messages, whileLooking, signal } = this.#ports;
    const order = asked.type === 'get' ? await withListed(asked, this.#ports) : asked;
    const needsCentral = order.type !== 'get' || order.names.length > 0;
    if (needsCentral) await this.#whileLooking(() => control.health(undefined, { signal }));
    if (order.type === 'put') return putAll(order.paths, { ...this.#ports, ...this.#ports.put, wishes });
    if (order.type === 'ask') return ask(order, [...askingCommands(this.#ports), ...trashCommands(this.#ports)], output, signal);
    if (order.type === 'list') return showList(order.order, this.#ports, output, signal);
    if (order.type === 'remove' || order.type === 'restore' || order.type === 'rename') return this.#changeNames(order);
    try {
      if (order.type === 'watch') await this.#watch(order.name, outputPath);
      else await getAll(order, outputPath, { downloads: this.#downloads, foreign: this.#foreign, teller: this.#teller, messages, whileLooking, signal });
    } finally {
      await this.#endSharing();
      await this.#saveStatistics();
    }
  }

  async #changeNames(change: NameChange): Promise<void> {
    const { output, messages, confirm, signal } = this.#ports;
    if (change.type === 'restore') return restoreVideo(change.name, change.as, this.#ports, output, signal);
    if (change.type === 'rename') return renameVideo(change.name, change.to, this.#ports, output, signal);
    const isSure = change.isSure || (await confirm(messages.trash.confirm(change.names)));
    signal.throwIfAborted();
    if (!isSure) return output.line(messages.trash.nothingDone);
    await removeVideos(change.names, this.#ports, output, signal);
  }

  async #watch(name: string, outputPath: string | undefined): Promise<void> {
    const { openPlayerServer, startPlayer, signal } = this.#ports;
    await watchVideo({
      openPlayerServer,
      startPlayer,
      get: async (open, leaving) => {
        const get = (video: string, request: DownloadRequest) => this.#get(video, { ...request, openPlayerServer: open, signal: leaving });
        const result = await this.#downloads.start(name, { outputPath, get });
        this.#teller.ended(result);
        return result;
      },
      onPlayable: url => this.#teller.playable(name, url),
      onWhole: () => this.#teller.stillPlayable(name),
      signal,
    });
  }

  async #get(name: string, request: Omit<GetOptions, 'clientName' | 'directory' | 'expectedRates'>): Promise<GetResult> {
    const rates = expectedRates(await this.#statistics.downloads());
    const options = { ...request, clientName: this.#clientName, directory: this.#settings.directory, expectedRates: rates };
    return getVideo(name, options, this.#ports);
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
      await this.#endSharing();
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
    this.#statistics.rename(name);
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
        this.#teller.ended(result);
        if (result.error && !isVideoError(result.error, 'cancelled')) this.#teller.trouble(result.error);
      },
      (error: unknown) => this.#tellFailure(name, toVideoError(error)),
    );
  }

  #tellFailure(name: string, error: VideoError): void {
    if (this.#ports.signal.aborted && isVideoError(error, 'cancelled')) return;
    this.#teller.notBegun(name, error);
    this.#teller.trouble(error);
  }

  #whileLooking<T>(task: () => Promise<T>): Promise<T> {
    const { messages, whileLooking } = this.#ports;
    return whileLooking(messages.client.looking(this.#settings.centralUrls.join(', ')), task);
  }

  async #endSharing(): Promise<void> {
    const shared = await this.#ports.sharing?.end();
    if (shared) this.#statistics.addShared(shared.bytes);
  }

  async #saveStatistics(): Promise<void> {
    const isSaved = await this.#statistics.save();
    // Who only asked something did not want to know.
    if (isSaved && this.#statistics.hasDownloads) this.#ports.log.info('statistics.saved', { path: this.#statistics.path });
  }
}
