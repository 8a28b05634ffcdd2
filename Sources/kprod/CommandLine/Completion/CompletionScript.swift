// SPDX-License-Identifier: Apache-2.0

/// What a shell needs to know: to ask `kprod complete`, which knows the rest.
enum CompletionScript: String {
    case bash, zsh, fish

    var text: String {
        switch self {
        case .bash: Self.bashText
        case .zsh: Self.zshText
        case .fish: Self.fishText
        }
    }

    /// Words are cut at blanks only: bash itself would cut `-X linger.ms=5` and `host:port` into pieces, and puts the
    /// last piece of the word in place of what was typed.
    private static let bashText = #"""
        # bash completion for kprod
        _kprod() {
            local line="${COMP_LINE:0:COMP_POINT}" words=() current head prefix candidate
            read -ra words <<<"$line"
            [[ $line == *[[:space:]] ]] && words+=("")
            current="${words[-1]}"
            head="${current%"${current##*[=:]}"}"
            COMPREPLY=()
            while IFS= read -r candidate; do
                if [[ $candidate == :files* ]]; then
                    prefix="${candidate#:files}"
                    compopt -o filenames 2>/dev/null
                    while IFS= read -r candidate; do
                        COMPREPLY+=("${prefix#"$head"}$candidate")
                    done < <(compgen -f -- "${current#"$prefix"}")
                    continue
                fi
                candidate="${candidate%%$'\t'*}"
                [[ $candidate == "$current"* ]] && COMPREPLY+=("${candidate#"$head"}")
            done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
            if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=@:] ]]; then compopt -o nospace 2>/dev/null; fi
            return 0
        }
        complete -F _kprod kprod

        """#

    private static let zshText = #"""
        #compdef kprod
        _kprod() {
            local line word
            local -a plain open
            for line in "${(@f)$("${words[1]}" complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                if [[ $line == :files* ]]; then
                    [[ -n ${line#:files} ]] && compset -P "${(b)line#:files}"
                    _files
                    continue
                fi
                [[ -z $line ]] && continue
                word=${line%%$'\t'*}
                if [[ $line == *$'\t'* ]]; then line="${word//:/\\:}:${line#*$'\t'}"; else line="${word//:/\\:}"; fi
                if [[ $word == *[=@:] ]]; then open+=("$line"); else plain+=("$line"); fi
            done
            (( $#plain )) && _describe 'kprod' plain
            (( $#open )) && _describe 'kprod' open -S ''
            return 0
        }
        if [[ ${funcstack[1]} == _kprod ]]; then _kprod "$@"; else compdef _kprod kprod; fi

        """#

    private static let fishText = #"""
        # fish completion for kprod
        function __kprod_complete
            set -l before (commandline -opc)
            set -l current (commandline -ct)
            test (count $current) -eq 0; and set current ''
            for line in (command $before[1] complete $before[2..-1] $current 2>/dev/null)
                if string match -q ':files*' -- $line
                    set -l head (string replace ':files' '' -- $line)
                    for path in (__fish_complete_path (string replace -- "$head" '' $current))
                        printf '%s%s\n' $head $path
                    end
                else
                    printf '%s\n' $line
                end
            end
        end
        complete -c kprod -f -a '(__kprod_complete)'

        """#
}
