/** Starts the app: colours, queries, addresses. */
import { createTheme, MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@mantine/core/styles.css'
import './theme.css'
import { RequestError } from './http/client.ts'
import { router } from './router.tsx'

const theme = createTheme({
  primaryColor: 'cyan',
  cursorType: 'pointer',
  defaultRadius: 'md',
  respectReducedMotion: true,
})

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays a refusal; a network that hiccups gets one more try.
      retry: (times, error) =>
        times < 1 && error instanceof RequestError && (error.status === 0 || error.status >= 500),
      retryDelay: 500,
    },
  },
})

const place = document.getElementById('root')
if (place)
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="dark" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
