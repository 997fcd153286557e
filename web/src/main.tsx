import './no-eval.ts';
import './theme/app.css';
import { Route, Router } from '@solidjs/router';
import { QueryClient, QueryClientProvider } from '@tanstack/solid-query';
import { render } from 'solid-js/web';
import { App } from './routes/App.tsx';
import { NotFoundPage } from './routes/NotFoundPage.tsx';
import { TracePage } from './routes/TracePage.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');

const queryClient = new QueryClient();

// In a task of its own: loading the modules and drawing the page together would be one long task.
setTimeout(() =>
  render(
    () => (
      <QueryClientProvider client={queryClient}>
        <Router root={App}>
          <Route path="/" component={TracePage} />
          <Route path="*" component={NotFoundPage} />
        </Router>
      </QueryClientProvider>
    ),
    root,
  ),
);
