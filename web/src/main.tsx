import './no-eval.ts';
import './theme/app.css';
import { Route, Router } from '@solidjs/router';
import { QueryClient, QueryClientProvider } from '@tanstack/solid-query';
import { lazy } from 'solid-js';
import { render } from 'solid-js/web';
import { measureVitals } from './health/page-vitals.ts';
import { App } from './routes/App.tsx';
import { NotFoundPage } from './routes/NotFoundPage.tsx';
import { TracePage } from './routes/TracePage.tsx';

const JobsPage = lazy(async () => ({ default: (await import('./routes/JobsPage.tsx')).JobsPage }));
const StatusPage = lazy(async () => ({ default: (await import('./routes/StatusPage.tsx')).StatusPage }));

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');

// A look that cannot be made fails and says so, also where the browser itself knows that it is offline.
const queryClient = new QueryClient({ defaultOptions: { queries: { networkMode: 'always' } } });
measureVitals();

// In a task of its own: loading the modules and drawing the page together would be one long task.
setTimeout(() =>
  render(
    () => (
      <QueryClientProvider client={queryClient}>
        <Router root={App}>
          <Route path="/" component={TracePage} />
          <Route path="/jobs" component={JobsPage} />
          <Route path="/status" component={StatusPage} />
          <Route path="*" component={NotFoundPage} />
        </Router>
      </QueryClientProvider>
    ),
    root,
  ),
);
