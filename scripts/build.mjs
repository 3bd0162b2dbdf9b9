// Bundles what is shipped: dist/hearth.js (CLI, master, worker) and dist/launcher.js.
