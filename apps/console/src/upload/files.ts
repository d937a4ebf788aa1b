// What was dropped or chosen: files, and folders with everything in them.

export interface NamedFile {
  /** With the path in the folder that was dropped. */
  name: string
  file: File
}

/** Returns the files of a drop, those in folders too. Call this before anything is awaited: the list is empty afterwards. */
export async function droppedFiles(data: DataTransfer): Promise<NamedFile[]> {
  const entries = [...data.items].flatMap(item => item.webkitGetAsEntry() ?? [])
  if (entries.length === 0) return chosenFiles(data.files)
  return (await Promise.all(entries.map(filesOf))).flat()
}

export function chosenFiles(files: FileList): NamedFile[] {
  return [...files]
    .map(file => ({ name: file.webkitRelativePath || file.name, file }))
    .filter(({ name }) => !isHidden(name))
}

async function filesOf(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (isHidden(entry.name)) return []
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ name: entry.fullPath.replace(/^\//, ''), file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: FileSystemEntry[] = []
  // A call returns some of the entries, and none when there are no more.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) break
    found.push(...some)
  }
  found.sort((a, b) => (a.name < b.name ? -1 : 1))
  return (await Promise.all(found.map(filesOf))).flat()
}

/** Systems leave such files in folders, and nobody means them. */
function isHidden(path: string): boolean {
  return path.split('/').some(part => part.startsWith('.'))
}
