#!/usr/bin/env node
// What `npx hearth` runs in a checkout; the program itself is bundled by `npm run build`.
import '../../../dist/hearth.js'
