// Kills the process before it links the Parquet file of upload 2. Preloaded into the CLI.
import { observeFileOperations } from '../../../../libs/storage/src/files.ts'

observeFileOperations(({ kind, path }) => {
  if (kind === 'link' && path.endsWith('2.parquet')) process.kill(process.pid, 'SIGKILL')
})
