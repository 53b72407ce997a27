import { XunjieError } from '../domain/errors.ts';

/** What can run a model, by onnxruntime's names: the processor, or one of its execution providers for GPUs and the like. */
export const providers = ['cpu', 'cuda', 'tensorrt', 'openvino', 'coreml', 'dml', 'webgpu'] as const;
export type Provider = (typeof providers)[number];

/** A provider that was asked for and cannot be used. */
export interface SkippedProvider {
  readonly provider: Provider;
  /** Why, and what to do about it; one line. */
  readonly reason: string;
}

/** Reads `cuda,cpu`. @throws XunjieError `bad_argument`. */
export function parseProviders(text: string, where: string): Provider[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(providers as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new XunjieError(
      'bad_argument',
      `${where}: "${unknown}" is no provider; known: ${providers.join(', ')}`,
    );
  return [...new Set(names as Provider[])];
}

/** What the binding says of itself, and the machine it runs on. */
export interface ProviderFacts {
  /** Providers compiled into this build of onnxruntime-node. */
  readonly built: readonly string[];
  readonly platform: string;
  /** Whether the separate libraries of the provider lie beside the binding; `null` for providers that need none. */
  hasLibraries(provider: Provider): boolean | null;
}

const installGpuLibraries =
  'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12';

/** Why a provider cannot even be tried here, or `null`. */
export function findProviderProblem(provider: Provider, facts: ProviderFacts): string | null {
  if (!facts.built.includes(provider)) {
    const where: Partial<Record<Provider, string>> = {
      cuda: 'the published build has it on Linux x64 only',
      tensorrt: 'the published build has it on Linux x64 only',
      coreml: 'the published build has it on macOS only',
      dml: 'the published build has it on Windows only',
      openvino: 'no published build has it, it takes a build of onnxruntime-node from source',
    };
    return [
      `this build of onnxruntime-node has no ${provider} (on ${facts.platform} it has ${facts.built.join(', ')})`,
      where[provider],
    ]
      .filter(Boolean)
      .join('; ');
  }
  if (facts.hasLibraries(provider) === false)
    return `its libraries are not installed (they are a download of their own); install them with: ${installGpuLibraries}`;
  return null;
}

/** What to look at when a provider that is there did not start. */
export function adviseOnFailure(provider: Provider): string {
  switch (provider) {
    case 'cuda':
      return "check the NVIDIA driver (nvidia-smi) and that CUDA 12 and cuDNN 9 are on the loader's path";
    case 'tensorrt':
      return "check the NVIDIA driver (nvidia-smi) and that CUDA 12, cuDNN 9 and TensorRT 10 are on the loader's path";
    case 'webgpu':
      return 'check that the GPU has a Vulkan, Metal or Direct3D 12 driver';
    case 'dml':
      return 'check that the GPU has a Direct3D 12 driver';
    case 'openvino':
    case 'coreml':
    case 'cpu':
      return 'try the model on cpu';
    default:
      return provider satisfies never;
  }
}

/** `cuda cannot be used: why; openvino cannot be used: why`. */
export function describeSkipped(skipped: readonly SkippedProvider[]): string {
  return skipped.map(({ provider, reason }) => `${provider} cannot be used: ${reason}`).join('; ');
}
