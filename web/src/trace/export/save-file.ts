interface FilePickerWindow {
  showSaveFilePicker(options: { readonly suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** How long a download may take to begin before its blob is let go. */
const DOWNLOAD_GRACE_MS = 60_000;

/** `undefined`: this browser has no file picker. Must be called in the click. @throws AbortError when nothing was chosen. */
export async function pickFile(name: string): Promise<FileSystemFileHandle | undefined> {
  if (!hasFilePicker(window)) return undefined;
  // oxlint-disable-next-line browsers/supported -- It was looked for above.
  return window.showSaveFilePicker({ suggestedName: name });
}

function hasFilePicker(scope: object): scope is FilePickerWindow {
  return 'showSaveFilePicker' in scope;
}

/** Offers a blob as a download. */
export function downloadBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_GRACE_MS);
}
