import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { LanguageProvider } from './i18n/language.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
createRoot(root).render(
  <QueryClientProvider client={createQueryClient()}>
    <LanguageProvider>
      {/* As a transition, a key could still reach the candidate that has just been left. */}
      <BrowserRouter useTransitions={false}>
        <App />
      </BrowserRouter>
    </LanguageProvider>
  </QueryClientProvider>,
);
