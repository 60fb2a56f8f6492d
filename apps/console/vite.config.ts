import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `vite` finds a running server while the console is being worked on. */
const server = process.env["VIGIL_URL"] ?? "http://127.0.0.1:9970";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    // The page forbids scripts in line, and a data: address for a picture saves nothing here.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": server, "/runbooks": server } },
});
