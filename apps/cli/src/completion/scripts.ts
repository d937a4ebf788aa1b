// What makes a shell complete: each script asks `table-cli complete` for a line of each candidate, or for :files. No script hands a
// candidate to anything that evaluates it, as `compgen -W` does.
import { FILES } from './candidates.ts'

const bash = `
_table_cli() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ${FILES} ]]; then compopt -o default; return; fi
    COMPREPLY+=("$line")
  done < <(command table-cli complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _table_cli table-cli
`

const zsh = `
_table_cli() {
  local line
  local -a found
  for line in "\${(@f)$(command table-cli complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == ${FILES} ]]; then _files; return; fi
    [[ -n $line ]] && found+=("$line")
  done
  compadd -a found
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _table_cli table-cli
`

const fish = `
function __table_cli_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (command table-cli complete -- $words[2..] 2>/dev/null)
        if test "$line" = ${FILES}
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c table-cli -f -a '(__table_cli_complete)'
`

export const scripts = { bash: bash.trimStart(), zsh: zsh.trimStart(), fish: fish.trimStart() }
