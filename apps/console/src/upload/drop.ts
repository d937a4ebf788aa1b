import { announce } from '../announce.ts'
import { plural } from '../format.ts'
import { go } from '../route.ts'
import { createStore } from '../store.ts'
import { chosenFiles, droppedFiles, type NamedFile } from './files.ts'
import { queue } from './uploads.ts'

/** Whether files are held over the page. */
export const isOver = createStore(false)

/** Takes files that are dropped anywhere on the page. */
export function takeDrops(): void {
  let depth = 0
  const over = (change: number) => {
    depth = Math.max(0, depth + change)
    isOver.set(depth > 0)
  }
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
  addEventListener('dragenter', event => hasFiles(event) && over(1))
  addEventListener('dragleave', event => hasFiles(event) && over(-1))
  addEventListener('dragover', event => {
    if (hasFiles(event)) event.preventDefault()
  })
  addEventListener('drop', async event => {
    if (!event.dataTransfer || !hasFiles(event)) return
    event.preventDefault()
    depth = 0
    isOver.set(false)
    take(await droppedFiles(event.dataTransfer))
  })
}

/** Lets users who do not drag choose files or a folder. */
export function chooseFiles(folder = false): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.webkitdirectory = folder
  input.onchange = () => take(chosenFiles(input.files as FileList))
  input.click()
}

function take(files: NamedFile[]): void {
  if (files.length === 0) return
  queue.add(files)
  announce(`${plural(files.length, 'file')} ready to upload`)
  go('upload')
}
