import { readFile } from 'node:fs/promises';
import { type Document, isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { type ErrorCode, formatPath, type SchemaIssue, toMessage, XunjieError } from '../../domain/mod.ts';

const maxBytes = 4 * 1024 * 1024;

export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** These issues as `file:line:column: path: message`. */
  describe(issues: readonly SchemaIssue[]): string[];
  /** The comment in the line of the value at that path, behind it; empty: there is none. */
  readComment(path: readonly (string | number)[]): string;
  /** Throws `code` for the first of these issues as `file:line:column: path: message`. */
  refuse(code: ErrorCode, issues: readonly SchemaIssue[]): never;
}

/** Reads a YAML (or JSON) file. Throws `file_not_found` or `bad_yaml` with file, line and column. */
export async function readYamlFile(file: string): Promise<YamlFile> {
  const text = await readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new XunjieError('bad_yaml', `${file}:${line}:${col}: ${error.message.split('\n')[0]}`);
  }
  const describe = ({ path, message }: SchemaIssue): string => {
    const { line, col } = lines.linePos(findOffset(document, path));
    const where = formatPath(path);
    return `${file}:${line}:${col}: ${where ? `${where}: ` : ''}${message}`;
  };
  return {
    file,
    value: toValue(document, file),
    describe: (issues) => issues.map(describe),
    readComment(path) {
      const node: unknown = document.getIn(path, true);
      return isScalar(node) ? (node.comment ?? '') : '';
    },
    refuse(code, issues) {
      const [first] = issues;
      if (!first) throw new Error('refuse needs an issue');
      const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
      throw new XunjieError(code, `${describe(first)}${more}`, { details: { issues } });
    },
  };
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new XunjieError('bad_yaml', `${file}: ${toMessage(error)}`, { cause: error }); // an alias without anchor, or too many
  }
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.byteLength > maxBytes)
      throw new XunjieError('bad_yaml', `${file}: larger than ${maxBytes / 1024 / 1024} MB`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof XunjieError) throw error;
    if (error instanceof TypeError)
      throw new XunjieError('bad_yaml', `${file}: not a text file in UTF-8`, { cause: error });
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') throw new XunjieError('file_not_found', `${file}: no such file`, { cause: error });
    if (code === 'EISDIR')
      throw new XunjieError('file_not_found', `${file}: is a folder, not a file`, { cause: error });
    throw new XunjieError('file_not_found', `${file}: ${toMessage(error)}`, { cause: error });
  }
}

/** Where a path stands in the text: its key or value, or the nearest parent that is there. */
function findOffset(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(toScalar(item.key)) === String(step));
      if (!pair) break;
      offset = readStart(pair.key) ?? offset;
      node = pair.value;
    } else {
      node = node.items[Number(step)];
      offset = readStart(node) ?? offset;
    }
  }
  return offset;
}

function toScalar(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'value' in node ? node.value : node;
}

function readStart(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return null;
  return Number(node.range[0]);
}
