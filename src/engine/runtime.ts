import { availableParallelism, totalmem } from 'node:os';
import { parse } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../errors.ts';
import type {
  Device,
  DeviceChoice,
  FloatTensor,
  Runtime,
  Session,
  Tensor,
} from '../types/runtime.ts';

/**
 * The only door to ONNX Runtime. The library is loaded here and nowhere else, after its telemetry
 * has been switched off, and only inside an engine process: creating and running a session block
 * the event loop.
 */
async function loadLibrary() {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  // A CommonJS package: everything hangs on its default export.
  const library = await import('onnxruntime-node');
  return library.default;
}

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** What `auto` looks for, best first. */
const preferred: Device[] = ['cuda', 'dml', 'cpu'];

/** Devices whose provider comes with the installed runtime. */
export async function availableDevices(): Promise<Device[]> {
  const { listSupportedBackends } = await loadLibrary();
  return listSupportedBackends()
    .filter(({ bundled }) => bundled)
    .map(({ name }) => name as Device);
}

/**
 * @throws AppError DEVICE_UNAVAILABLE when the wanted device is not there; there is no silent
 * fallback. `auto` never picks WebGPU or Core ML: both are experimental here.
 */
export async function chooseDevice(choice: DeviceChoice): Promise<Device> {
  const there = await availableDevices();
  if (choice === 'auto') return preferred.find((device) => there.includes(device)) ?? 'cpu';
  if (there.includes(choice)) return choice;
  throw new AppError(
    'DEVICE_UNAVAILABLE',
    `Device ${choice} is not available here; this machine has ${there.join(', ')}. ` +
      'Set QUARTET_DEVICE to one of them, or to auto. `quartet doctor` says what is missing.',
  );
}

export interface RuntimeOptions {
  device: DeviceChoice;
  /** Threads of one run; default: every processor. */
  threads?: number;
  /** Overrides the choice by size. */
  placement?: 'expanded' | 'mapped';
}

export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const ort = await loadLibrary();
  const device = await chooseDevice(options.device);
  const threads = options.threads ?? availableParallelism();
  let runSeconds = 0;

  const placementFor = (expandedBytes: number) =>
    options.placement ?? (expandedBytes > totalmem() / 4 ? 'mapped' : 'expanded');

  async function createSession(
    model: Uint8Array,
    placement: 'expanded' | 'mapped',
  ): Promise<Session> {
    const settings: InferenceSession.SessionOptions = {
      executionProviders: [device],
      intraOpNumThreads: threads,
      // The pattern would reserve the whole activation memory a second time on the second run.
      enableMemPattern: false,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      extra: {
        session: {
          model_external_initializers_file_folder_path: parse(process.cwd()).root,
          // Packing copies the weights out of the mapped file.
          ...(placement === 'mapped' && { disable_prepacking: '1' }),
        },
      },
    };
    const session = await ort.InferenceSession.create(model, settings).catch((cause: unknown) => {
      throw translate(cause, device);
    });
    return {
      async run(inputs) {
        const feeds = Object.fromEntries(
          Object.entries(inputs).map(([name, tensor]) => [name, toOrt(ort, tensor)]),
        );
        const start = performance.now();
        try {
          const outputs = await session.run(feeds);
          return Object.fromEntries(
            Object.entries(outputs).map(([name, { dims, data }]): [string, FloatTensor] => [
              name,
              { dims: [...dims], data: data as Float32Array },
            ]),
          );
        } catch (cause) {
          throw translate(cause, device);
        } finally {
          runSeconds += (performance.now() - start) / 1000;
        }
      },
      release: () => session.release(),
    };
  }

  return { device, placementFor, createSession, runSeconds: () => runSeconds };
}

function toOrt(ort: Library, { data, dims }: Tensor) {
  return data instanceof Float32Array
    ? new ort.Tensor('float32', data, dims)
    : new ort.Tensor('int64', data, dims);
}

/** Gives the runtime's own words a stable code. */
function translate(cause: unknown, device: Device): AppError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/bad_alloc|out of memory|failed to allocate|CUDA_ERROR_OUT_OF_MEMORY/i.test(message)) {
    return new AppError(
      'OUT_OF_MEMORY',
      `Not enough memory on ${device} for this picture. Ask for a smaller size, fewer candidates or a smaller tile.`,
      { cause },
    );
  }
  if (/provider|\.so|\.dll|CUDA failure|cudnn/i.test(message) && device !== 'cpu') {
    return new AppError('DEVICE_UNAVAILABLE', `Device ${device} could not be started: ${message}`, {
      cause,
    });
  }
  return new AppError('INTERNAL', `ONNX Runtime refused the graph: ${message}`, { cause });
}
