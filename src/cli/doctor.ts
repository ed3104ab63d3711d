import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { openCatalog } from '../catalog/catalog.ts';
import type { Config } from '../config.ts';
import { createEngine } from '../engine/client.ts';
import { invalidRequest, toAppError } from '../errors.ts';
import { devices, type Device } from '../types/runtime.ts';
import type { Diagnosis as Finding } from '../types/platform.ts';
import type { CliCommand } from './command.ts';
import { diagnoseProgram } from './doctor-program.ts';

export default {
  summary: 'say what is there, what is missing and how to get it',
  usage: 'doctor',
  flags: {},
  settings: ['model', 'device', 'data-dir', 'host', 'port'],

  async run(line, config) {
    if (line.faults.length > 0) throw invalidRequest(line.faults);
    const findings = [
      machine(),
      dataDir(config),
      ...(await inference(config)),
      ...(await models(config)),
      ...(await diagnoseProgram(config)),
    ];
    if (line.switches.has('json')) console.log(JSON.stringify({ findings }));
    else for (const finding of findings) console.log(describe(finding));
    return findings.every(({ ok }) => ok) ? 0 : 1;
  },
} satisfies CliCommand;

function describe({ name, ok, detail, fix }: Finding): string {
  return `${ok ? '✓' : '✗'} ${name}: ${detail}${fix === null ? '' : `\n    → ${fix}`}`;
}

function machine(): Finding {
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return {
    name: 'machine',
    ok: true,
    detail: `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${availableParallelism()} × ${processor}, memory ${gibibytes(freemem())} free of ${gibibytes(totalmem())}`,
    fix: null,
  };
}

function dataDir({ dataDir: path }: Config): Finding {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / 1e9;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return {
      name: 'data folder',
      ok: false,
      detail: `${path} cannot be written by this user`,
      fix: 'Choose another with QUARTET_DATA_DIR, or change its owner.',
    };
  }
  return {
    name: 'data folder',
    ok: free > 1,
    detail: `${path}, ${free.toFixed(1)} GB free`,
    fix: free > 1 ? null : 'Make room: pictures and the database need it.',
  };
}

/** How to get a device that is not there. */
const howToGet: Record<Device, string> = {
  cpu: 'It comes with the runtime on every platform.',
  cuda: 'On Linux x64 with CUDA 12 and cuDNN 9: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js',
  dml: 'It comes with the runtime on Windows.',
  coreml: 'It comes with the runtime on macOS with Apple silicon.',
  webgpu: 'It comes with the runtime on Windows, Linux x64 and macOS; experimental.',
};

async function inference(config: Config): Promise<Finding[]> {
  const engine = createEngine({ device: config.device });
  try {
    const there = await engine.devices();
    const missing = devices.filter(
      (device): device is Device => device !== 'auto' && !there.includes(device),
    );
    const wanted = config.device === 'auto' || there.includes(config.device);
    return [
      {
        name: 'devices',
        ok: wanted,
        detail: `${there.join(', ')} (QUARTET_DEVICE is ${config.device})${graphicsCard()}`,
        fix: wanted ? null : `${config.device} is not there. ${howToGet[config.device as Device]}`,
      },
      {
        name: 'devices that are missing here',
        ok: true,
        detail: missing.map((device) => `\n    ${device}: ${howToGet[device]}`).join(''),
        fix: null,
      },
    ];
  } catch (thrown) {
    return [
      {
        name: 'engine',
        ok: false,
        detail: toAppError(thrown).message,
        fix: 'Run npm ci again: the ONNX Runtime library could not be loaded.',
      },
    ];
  } finally {
    await engine.close();
  }
}

/** What the kernel says of an NVIDIA driver. */
function graphicsCard(): string {
  try {
    const version = /Kernel Module\s+(\S+)/.exec(
      readFileSync('/proc/driver/nvidia/version', 'utf8'),
    )?.[1];
    return `, NVIDIA driver ${version ?? 'of unknown version'}`;
  } catch {
    return '';
  }
}

async function models(config: Config): Promise<Finding[]> {
  const catalog = await openCatalog({ dataDir: config.dataDir });
  const findings = catalog.names().map((name): Finding => {
    try {
      const { model } = catalog.check(name);
      return { name: `model ${name}`, ok: true, detail: `complete, in ${model.folder}`, fix: null };
    } catch (thrown) {
      return { name: `model ${name}`, ok: false, detail: toAppError(thrown).message, fix: null };
    }
  });
  if (!catalog.names().includes(config.model) && !existsSync(config.model)) {
    findings.push({
      name: 'default model',
      ok: false,
      detail: `QUARTET_MODEL is ${config.model}, which is not registered`,
      fix: `Use one of ${catalog.names().join(', ')}, or import it: quartet model import DIR --name ${config.model}`,
    });
  }
  return findings;
}
