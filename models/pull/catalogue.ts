import type { CardWishes, Head } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';

/** Weights that `models pull` fetches. The hash decides what is taken, so any mirror will do. */
export interface CatalogueEntry {
  readonly name: string;
  /** Tried in turn. */
  readonly urls: readonly string[];
  readonly bytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly head: Head;
  readonly input: readonly [width: number, height: number];
  /** What the file cannot tell. */
  readonly wishes: CardWishes;
  /** AP50-95 on COCO val2017, as its authors publish it. */
  readonly publishedAp: number;
  readonly notes: string;
}

const megvii = 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0';
const huggingFace = 'https://huggingface.co/onnx-community';

function yolox(
  name: string,
  file: string,
  edge: number,
  facts: Pick<CatalogueEntry, 'bytes' | 'sha256' | 'publishedAp'>,
): CatalogueEntry {
  return {
    name,
    urls: [`${megvii}/${file}`],
    licence: 'Apache-2.0',
    head: 'yolox',
    input: [edge, edge],
    wishes: { head: 'yolox', colour: 'bgr', scale: '0-255' },
    notes: 'Megvii YOLOX, release 0.1.1rc0; COCO labels.',
    ...facts,
  };
}

/** Exports of the Transformers layout: logits and boxes, the input's size left open. */
function detr(
  name: string,
  file: string,
  notes: string,
  facts: Pick<CatalogueEntry, 'bytes' | 'sha256' | 'publishedAp'>,
): CatalogueEntry {
  return {
    name,
    urls: [`${huggingFace}/${file}/onnx/model.onnx`],
    licence: 'Apache-2.0',
    head: 'detr',
    input: [640, 640],
    wishes: { head: 'detr', colour: 'rgb', scale: '0-1', padding: 'stretch', size: [640, 640] },
    notes,
    ...facts,
  };
}

const ustc = 'ONNX community conversion of the authors’ checkpoint (ustc-community); COCO labels.';

/**
 * Sizes and hashes are those that several independent projects pin for these addresses; an export whose hash is not
 * known for certain is not listed.
 */
export const catalogue: readonly CatalogueEntry[] = [
  yolox('yolox-nano', 'yolox_nano.onnx', 416, {
    bytes: 3_659_407,
    sha256: 'c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d',
    publishedAp: 0.258,
  }),
  yolox('yolox-tiny', 'yolox_tiny.onnx', 416, {
    bytes: 20_219_662,
    sha256: '427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7',
    publishedAp: 0.328,
  }),
  yolox('yolox-s', 'yolox_s.onnx', 640, {
    bytes: 35_858_002,
    sha256: 'c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063',
    publishedAp: 0.405,
  }),
  detr('dfine-n', 'dfine_n_coco-ONNX/resolve/380d2839c327efaf65dd0fe0c2c10ab7fadd5473', ustc, {
    bytes: 15_258_358,
    sha256: '0f684f409618ee8a822410e754a29caa817d1aa16283ce89cad936d0a48e2f35',
    publishedAp: 0.428,
  }),
  detr('dfine-s', 'dfine_s_coco-ONNX/resolve/a3cf03147a9b86c78475139115c8ac142577352d', ustc, {
    bytes: 41_535_197,
    sha256: 'cd8a49a945feda6d28c6304ae8ae85c2759ba1d78a5a83a22c5ce8db82ef7238',
    publishedAp: 0.485,
  }),
  detr('dfine-m', 'dfine_m_coco-ONNX/resolve/489756db2825cb068a588fe930af239a656d1fe1', ustc, {
    bytes: 78_624_257,
    sha256: '70aaa837978a06ba44ad17398c7079ae5a1a7b1a9032b5d7053981e1ada02d6b',
    publishedAp: 0.523,
  }),
  detr(
    'rtdetr-r18',
    'rtdetr_r18vd/resolve/main',
    'ONNX community conversion of PekingU/rtdetr_r18vd; COCO labels.',
    {
      bytes: 82_572_357,
      sha256: '11843b02455cc24009aed24d4c40db721b1093be5ccd6bbe7b9c441abb1d0558',
      publishedAp: 0.465,
    },
  ),
];

/** @throws XunjieError `model_missing`, with the names there are. */
export function findInCatalogue(name: string): CatalogueEntry {
  const entry = catalogue.find((each) => each.name === name);
  if (entry) return entry;
  throw new XunjieError(
    'model_missing',
    `no model "${name}" in the catalogue; there is ${catalogue.map((each) => each.name).join(', ')}`,
  );
}
