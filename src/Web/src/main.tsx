import './safety/trustedTypes';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme/mantine';
import './theme/tokens.css';
import { App } from './App';
import { loadLanguage } from './i18n/text';
import { preferences } from './state/preferences';

// The language first: nothing is drawn twice.
void loadLanguage(preferences().language).then(() => createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>));
