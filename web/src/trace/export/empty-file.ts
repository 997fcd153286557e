/** The picker makes the file that was named: one that nothing was saved to is taken away again. Never rejects. */
export async function removeEmptyFile(file: FileSystemFileHandle): Promise<void> {
  try {
    if (isRemovable(file) && (await file.getFile()).size === 0) await file.remove();
  } catch {
    // Gone already, or not to be removed: an empty file says nothing wrong.
  }
}

function isRemovable(file: FileSystemFileHandle): file is FileSystemFileHandle & { remove(): Promise<void> } {
  return 'remove' in file;
}
