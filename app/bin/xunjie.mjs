#!/usr/bin/env node
// The command `xunjie`: the compiled program, built first when a source has changed.
import '../setup/launch.mjs';
