import { UsageError } from '../document/usage-error.ts';

/** Waits for a server to listen; a port that is taken or an address that is not here is the user's to mend. @throws UsageError */
export async function listening<T>(where: string, started: Promise<T>): Promise<T> {
  try {
    return await started;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw new UsageError([`cannot listen on ${where}: ${error.message}`]);
    throw error;
  }
}
