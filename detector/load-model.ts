import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { findSchemaIssues, formatPath, type ModelRef, toMessage, XunjieError } from '../domain/mod.ts';
import { guessCard } from './guess-card.ts';
import { hashFile } from './hash-file.ts';
import { findCardContradictions, ModelCard } from './model-card.ts';

/** A card together with the weights it names, checked. */
export interface Model {
  readonly card: ModelCard;
  /** Absolute path of the ONNX file. */
  readonly weightsPath: string;
  readonly ref: ModelRef;
}

const maxCardBytes = 1_000_000;

/**
 * Loads a model card (`.json`) or a bare `.onnx` file whose head is worked out from the file.
 * @throws XunjieError `model_missing`, `model_hash_mismatch`, `model_not_understood`, `bad_config`.
 */
export async function loadModel(file: string): Promise<Model> {
  const found = path.resolve(file);
  const bytes = await measureFile(found, `no model at ${file}`);
  switch (path.extname(found).toLowerCase()) {
    case '.json':
      if (bytes > maxCardBytes)
        throw new XunjieError('bad_config', `${file}: too long for a model card (${bytes} bytes)`);
      return loadCard(found);
    case '.onnx': {
      const { card } = await guessCard(found);
      return toModel(card, found);
    }
    default:
      throw new XunjieError(
        'model_not_understood',
        `${file} is neither a model card (.json) nor an ONNX file (.onnx)`,
      );
  }
}

async function loadCard(cardPath: string): Promise<Model> {
  const card = await readModelCard(cardPath);
  const weightsPath = path.resolve(path.dirname(cardPath), card.file);
  await measureFile(weightsPath, `${cardPath}: file: no model at ${weightsPath}`);
  const sha256 = await hashFile(weightsPath);
  if (sha256 !== card.sha256)
    throw new XunjieError(
      'model_hash_mismatch',
      `${weightsPath} is not the file its card ${cardPath} names: SHA-256 is ${sha256}, the card says ${card.sha256}`,
    );
  return toModel(card, weightsPath);
}

/** Reads and checks a card without its weights. @throws XunjieError `bad_config` naming file and field, `model_missing`. */
export async function readModelCard(cardPath: string): Promise<ModelCard> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(cardPath, 'utf8'));
  } catch (error) {
    const code = error instanceof SyntaxError ? 'bad_config' : 'model_missing';
    throw new XunjieError(
      code,
      `${cardPath}: not a readable model card: ${toMessage(error).replaceAll(/\s+/g, ' ')}`,
      { cause: error },
    );
  }
  const schemaIssues = findSchemaIssues(ModelCard, value);
  const issues = schemaIssues.length > 0 ? schemaIssues : findCardContradictions(value as ModelCard);
  if (issues.length > 0) {
    const words = issues.map((issue) => [formatPath(issue.path), issue.message].filter(Boolean).join(': '));
    throw new XunjieError('bad_config', `${cardPath}: ${words.join('; ')}`);
  }
  return value as ModelCard;
}

function toModel(card: ModelCard, weightsPath: string): Model {
  return { card, weightsPath, ref: { name: card.name, sha256: card.sha256 } };
}

async function measureFile(file: string, complaint: string): Promise<number> {
  try {
    const facts = await stat(file);
    if (facts.isFile()) return facts.size;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : toMessage(error);
    throw new XunjieError('model_missing', `${complaint}: ${reason}`, { cause: error });
  }
  throw new XunjieError('model_missing', `${complaint}: not a file`);
}
