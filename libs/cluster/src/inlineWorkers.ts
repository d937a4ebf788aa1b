import { type Tasks, tasks, type Workers } from './tasks.ts'

/** Does the tasks in the thread that asks for them, for a program that has nothing else to do meanwhile. */
export const inlineWorkers: Workers = {
  count: 1,
  async run<Name extends keyof Tasks>(name: Name, task: Tasks[Name]['task']): Promise<Tasks[Name]['value']> {
    // The bytes that the conversion waits for come from this thread.
    if (name === 'convertArriving') return undefined as Tasks[Name]['value']
    return tasks[name](task)
  },
}
