import type { Command } from 'commander';
import { toRuleHours, toSceneSchema, XunjieError } from '../../domain/mod.ts';
import { checkSceneFile } from '../config/scene-file.ts';
import { parseTime } from '../replay/parse-time.ts';
import { describeScene } from './describe-scene.ts';

/** `scene check` and `scene schema`. */
export function addSceneCommands(
  program: Command,
  print: (line: string) => void,
  setCode: (code: number) => void,
): void {
  const scene = program.command('scene').description('zones and rules of a camera');
  scene
    .command('check')
    .description('check a scene file, and say what it means and when its rules are in force')
    .argument('<file>', 'zones and rules (YAML)')
    .option('--at <time>', "as if it were this time: ISO 8601, or local in the scene's time zone", 'now')
    .option('--json', 'print one JSON object', false)
    .action(async (file: string, options: CheckSceneOptions) =>
      setCode(await checkScene(file, options, print)),
    );
  scene
    .command('schema')
    .description('print the JSON schema of scene files, for editors')
    .action(() => print(JSON.stringify(toSceneSchema(), null, 2)));
}

interface CheckSceneOptions {
  readonly at: string;
  readonly json: boolean;
}

/** The exit code of a file that is refused. */
const refusedCode = 2;

async function checkScene(
  file: string,
  options: CheckSceneOptions,
  print: (line: string) => void,
): Promise<number> {
  const { scene, problems } = await readScene(file);
  if (scene === null) {
    if (options.json) print(JSON.stringify({ ok: false, problems }));
    else for (const line of problems) print(line);
    return refusedCode;
  }
  const atMs = parseTime(options.at, { option: '--at', timeZone: scene.timeZone, nowMs: Date.now() });
  if (options.json) {
    const rules = scene.rules.map((rule) => ({ ...rule, now: toRuleHours(rule.schedule, atMs) }));
    print(JSON.stringify({ ok: true, atMs, scene: { ...scene, rules } }));
    return 0;
  }
  print(`${file}: good`);
  for (const line of describeScene(scene, atMs)) print(line);
  return 0;
}

/** A file that is no YAML has its problem like any other. */
async function readScene(file: string): ReturnType<typeof checkSceneFile> {
  try {
    return await checkSceneFile(file);
  } catch (error) {
    if (error instanceof XunjieError && error.code === 'bad_yaml')
      return { scene: null, problems: [error.message] };
    throw error;
  }
}
