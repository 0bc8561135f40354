/** What a handler knows of the request besides its input; who may not ask does not come this far. */
export interface RequestContext {
  readonly remoteAddress: string;
}
