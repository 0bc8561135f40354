/** What a central answers that has counted nothing. */
export const noStatistics = {
  videos: {},
  clientes: {},
  byNode: {},
  totals: { downloads: 0, failed: 0, cancelled: 0, expired: 0, receivedBytes: 0, waitedMs: 0, failures: 0, hashFailures: 0, reassignedParts: 0 },
};
