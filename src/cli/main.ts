#!/usr/bin/env node
// This file has to be readable by an old Node: it says which one is needed before anything newer is loaded.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`relayproof needs Node 22.18 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  const { main } = await import('./run.ts');
  await main(process.argv);
}
