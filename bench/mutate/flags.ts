import { parseArgs } from 'node:util'

const projects: Record<string, string> = { storage: 'libs/storage', server: 'apps/server' }
const usage =
  'npm run mutate -- [--project storage|server] [--file PART]... [--sample 200] [--seed 1] [--jobs 2] [--list]'

export interface Flags {
  /** The folders of the projects. */
  projects: string[]
  /** If not empty, only sources whose paths contain one of these are changed. */
  files: string[]
  sample: number
  seed: number
  /** How many mutants are tried at once. */
  jobs: number
  /** Prints the mutants and runs nothing. */
  list: boolean
}

/** Reads the flags. Ends the process if they are wrong. */
export function readFlags(): Flags {
  try {
    const { values } = parseArgs({
      options: {
        project: { type: 'string' },
        file: { type: 'string', multiple: true, default: [] },
        sample: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        jobs: { type: 'string', default: '2' },
        list: { type: 'boolean', default: false },
      },
    })
    return {
      projects: readProjects(values.project),
      files: values.file,
      sample: readCount('sample', values.sample),
      seed: readCount('seed', values.seed),
      jobs: readCount('jobs', values.jobs),
      list: values.list,
    }
  } catch (error) {
    console.error(`mutate: ${(error as Error).message}\nusage: ${usage}`)
    process.exit(2)
  }
}

function readProjects(name: string | undefined): string[] {
  if (name === undefined) return Object.values(projects)
  const project = projects[name]
  if (project === undefined) throw new Error(`--project is ${name}, expected storage or server`)
  return [project]
}

function readCount(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new Error(`--${flag} is ${text}, expected a whole number from 1 to 999999`)
}
