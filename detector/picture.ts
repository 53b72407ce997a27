/** A picture as ingest hands it over. */
export interface Picture {
  /** RGB24, rows from the top, no row padding: `pixelWidth * pixelHeight * 3` bytes. */
  readonly pixels: Uint8Array;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
}
