import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';

/** What git printed, or null where it failed: no repository, no such revision, no git. */
function git(folder: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? stdout : null;
}

function commitOf(folder: string, revision: string): string | null {
  return git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])?.trim() ?? null;
}

/**
 * The revision that a change is compared with: where the branch left the main line (`origin/HEAD`), or the commit before
 * this one where it is the main line; null where the repository does not know either.
 */
export function baseRevision(folder: string): string | null {
  const head = commitOf(folder, 'HEAD');
  const fork = git(folder, ['merge-base', 'origin/HEAD', 'HEAD'])?.trim() ?? null;
  if (fork !== null && fork !== head) return fork;
  return commitOf(folder, 'HEAD^');
}

export type OlderFile =
  | { readonly kind: 'there'; readonly text: string; readonly revision: string }
  | { readonly kind: 'new' }
  | { readonly kind: 'no-revision' };

/** A file as it was at a revision, wherever in the repository it lies. */
export function fileAt(revision: string, file: string): OlderFile {
  const folder = dirname(file);
  const commit = commitOf(folder, revision);
  if (commit === null) return { kind: 'no-revision' };
  const text = git(folder, ['show', `${commit}:./${basename(file)}`]);
  return text === null ? { kind: 'new' } : { kind: 'there', text, revision: commit.slice(0, 12) };
}
