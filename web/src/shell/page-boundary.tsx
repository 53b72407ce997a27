import { Component, type ReactNode } from 'react';
import { useLanguage } from '../i18n/language.tsx';

/**
 * Says so when a page cannot be shown: its code cannot be fetched, because the network is away or the console was brought up to date since.
 * Loading anew is left to whoever sits there, who may have something half written elsewhere.
 */
export class PageBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <FailedPage /> : this.props.children;
  }
}

function FailedPage() {
  const { t } = useLanguage();
  return (
    <main className="page-note" role="alert">
      <p>{t('error.noCode')}</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        {t('retry')}
      </button>
    </main>
  );
}
