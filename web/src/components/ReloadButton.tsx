import { t } from '../i18n/language.ts';

/** For what goes away when the page is loaded anew. */
export function ReloadButton() {
  return (
    <button type="button" class="button -my-1" onClick={() => window.location.reload()}>
      {t('action.reload')}
    </button>
  );
}
