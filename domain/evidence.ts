import type { CandidateFacts } from './candidate.ts';
import type { Box } from './geometry.ts';

export type EvidenceItemKind = 'original' | 'annotated' | 'masked' | 'clip';

/** One file of a package. */
export interface EvidenceItem {
  readonly kind: EvidenceItemKind;
  /** Path inside the package, with forward slashes. */
  readonly path: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Which moment it shows: first, middle, last; start, end for clips. */
  readonly moment: 'first' | 'middle' | 'last' | 'start' | 'end';
  readonly capturedAtMs: number;
  readonly ptsMs: number;
  /** Clips: length in milliseconds. */
  readonly durationMs?: number;
  readonly width?: number;
  readonly height?: number;
}

/** How the masked copy of one still was made, or why there is none. */
export type StillMasking =
  | {
      readonly moment: 'first' | 'middle' | 'last';
      /** From what was detected in the sample that was taken at this time. */
      readonly source: 'detections';
      readonly sampleCapturedAtMs: number;
      /** People's heads and the plates of vehicles other than the one in question; blurred, a little larger than said here. */
      readonly heads: readonly Box[];
      readonly plates: readonly Box[];
    }
  | {
      readonly moment: 'first' | 'middle' | 'last';
      readonly source: 'none';
      readonly reason: string;
    };

/** `manifest.json`: canonical JSON (RFC 8785); its SHA-256 is the package's name in the store. */
export interface EvidenceManifest {
  readonly v: 1;
  readonly candidate: CandidateFacts;
  readonly items: readonly EvidenceItem[];
  readonly clockErrorMs: number | null;
  /** One for each still; absent in packages that were sealed before stills were masked. */
  readonly masking?: readonly StillMasking[];
  /** Short code printed on annotated copies, derived from the originals' hashes. */
  readonly antiForgeryCode: string;
  readonly software: { readonly name: 'xunjie'; readonly version: string };
  readonly sealedAtMs: number;
  /** SHA-256 of the raw Ed25519 public key, lower-case hex, first 16 digits. */
  readonly keyId: string;
}

/** Beside the manifest, where an outside authority was asked when it was there: canonical JSON. */
export const timeStampFile = 'timestamp.json';

/** `timestamp.json`. */
export interface EvidenceTimeStamp {
  readonly v: 1;
  /** `TimeStampToken` (RFC 3161) over the SHA-256 of `manifest.json`, DER in base64. */
  readonly token: string;
  /** Over the token's bytes. */
  readonly seal: EvidenceSignature;
}

/** `signature.json` beside the manifest. */
export interface EvidenceSignature {
  readonly algorithm: 'Ed25519';
  readonly keyId: string;
  /** Raw public key, base64. */
  readonly publicKey: string;
  /** Over the bytes of `manifest.json`, base64. */
  readonly signature: string;
}

export type EvidenceEvent =
  | {
      readonly v: 1;
      readonly type: 'sealed';
      readonly candidateId: string;
      readonly camera: string;
      /** SHA-256 of `manifest.json`; blobs lie under `packages/<manifestHash>/`. */
      readonly manifestHash: string;
      readonly items: readonly EvidenceItem[];
      readonly sealedAtMs: number;
    }
  | {
      readonly v: 1;
      readonly type: 'failed';
      readonly candidateId: string;
      readonly camera: string;
      readonly reason: string;
    };

/** Where full-resolution pictures come from: a clip, or a camera's segment ring. */
export interface FootageReader {
  /**
   * The frame captured at this stream time, full resolution. Exactly this one where the analysed stream itself is kept; the nearest one
   * where another stream of the camera is. Rejects when it is not (or no longer) there.
   */
  readFrame(ptsMs: number): Promise<FootageFrame>;
  /**
   * Several of them at once, where that costs less than one after the other; `null` for one that `readFrame` is to be asked for. Rejects
   * when none could be looked for in this way.
   */
  readFrames?(ptsMs: readonly number[]): Promise<(FootageFrame | null)[]>;
  /**
   * A playable MP4 that covers [fromPtsMs, toPtsMs], clamped to what exists, without re-encoding where possible. It is never in memory as
   * a whole; whoever asked for it discards it.
   */
  readClip(fromPtsMs: number, toPtsMs: number): Promise<FootageClip>;
}

export interface FootageFrame {
  /** PNG, JPEG or WebP. */
  readonly bytes: Uint8Array;
  /** The frame's own stream time. */
  readonly ptsMs: number;
  /** Declared bound of that time's error, where it is another stream's than the analysed one's; `null`: unknown. */
  readonly clockErrorMs?: number | null;
}

export interface FootageClip {
  /** A temporary file of the reader's, until `discard`. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
  readonly mediaType: 'video/mp4';
  /** Stream time of the clip's first frame. */
  readonly fromPtsMs: number;
  readonly durationMs: number;
  /** Removes the file; again is fine. */
  discard(): Promise<void>;
}
