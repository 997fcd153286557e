import * as Dialog from '@kobalte/core/alert-dialog';
import { createFocusReturn } from './focus-return.ts';

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly title: string;
  readonly body: string;
  readonly confirm: string;
  readonly keep: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. Escape and the first button keep things as they are. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const focusReturn = createFocusReturn();
  return (
    <Dialog.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="fixed inset-0 z-40 bg-black/40" />
        <div class="fixed inset-0 z-50 flex items-center justify-center p-4">
          <Dialog.Content {...focusReturn} class="panel w-full max-w-md p-5 shadow-xl">
            <Dialog.Title class="text-[0.9375rem] font-semibold">{props.title}</Dialog.Title>
            <Dialog.Description class="mt-2 text-ink-2">{props.body}</Dialog.Description>
            <div class="mt-5 flex justify-end gap-2">
              <button type="button" class="button" onClick={() => props.onClose()}>
                {props.keep}
              </button>
              <button type="button" class="button button-danger" onClick={() => props.onConfirm()}>
                {props.confirm}
              </button>
            </div>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
