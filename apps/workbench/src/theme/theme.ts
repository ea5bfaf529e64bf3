import { createTheme } from "@mantine/core";

/** What of the look has to be said to components; colors and sizes are in tokens.css and global.css. */
export const theme = createTheme({
  primaryColor: "teal",
  autoContrast: false,
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    // Locking the scroll writes a style sheet at run time, which the Content-Security-Policy refuses.
    Modal: {
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 120 },
        closeButtonProps: { "aria-label": "Close" },
      },
    },
    Drawer: {
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 120 },
        closeButtonProps: { "aria-label": "Close" },
      },
    },
  },
});
