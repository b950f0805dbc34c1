# A página local somente leitura com que termina a demonstração.

page-demo-title = Caso de referência: resultado
page-demo-lead = Um mundo sintético e inofensivo, processado com os mesmos comandos que um agente usa. Todas as pessoas, números e imagens são inventados.
page-demo-foot = Somente leitura. Esta página não carrega nada de fora e só responde neste computador.
page-demo-yes = sim
page-demo-no = não

page-demo-tile-first-alarm = desde anexar o dispositivo até o primeiro alarme
page-demo-tile-media-read = arquivos de mídia lidos até então / listados
page-demo-tile-rank = posição da fonte ativa entre as contrapartes
page-demo-tile-decoys = chamarizes na faixa máxima
page-demo-tile-tips = comunicações de um mesmo usuário reunidas / plantadas
page-demo-tile-referral = estado do encaminhamento após a confirmação
page-demo-tile-verified = registro e objetos verificados nas duas unidades
page-demo-tile-seconds = duração de todo o percurso

page-demo-alarms = Contrapartes, por urgência
page-demo-alarms-intro = Cada motivo remete à sua prova. As faixas ordenam o trabalho; não acusam ninguém e uma pessoa deve revisá-las.
page-demo-ledger = Troca com a primeira contraparte
page-demo-ledger-intro = Quem enviou qual arquivo, quando e onde consta. O hash é o que o próprio aplicativo anotou, quando existe.
page-demo-ledger-at = Hora
page-demo-ledger-from = Enviado por
page-demo-ledger-file = Arquivo
page-demo-ledger-hash = SHA-256
page-demo-ledger-source = Consta em
page-demo-truth = Diante da verdade do mundo sintético
page-demo-truth-intro = O que o gerador plantou e o que o programa encontrou sem conhecê-lo.
page-demo-truth-tips = Comunicações de um mesmo usuário
page-demo-truth-unseen = Imagens da fonte que nenhuma lista conhece
page-demo-truth-known = Imagens conhecidas com exatidão
page-demo-truth-near = Imagens conhecidas só após recodificação
page-demo-files = Arquivos
page-demo-files-intro = O encaminhamento selado e o que a unidade destinatária abriu. Não contém imagens.
page-demo-steps = Comandos executados
page-demo-steps-intro = Cada comando pode ser repetido à mão na pasta da demonstração.

page-demo-step = Comando
page-demo-unit = Unidade
page-demo-actor = Pessoa
page-demo-seconds = Segundos
page-demo-what = O quê
page-demo-result = Resultado
page-demo-planted = Plantado
page-demo-found = Encontrado
page-demo-not-top = fora da faixa máxima
page-demo-decoy-forwarder = Chamariz: encaminha arquivos conhecidos e virais
page-demo-decoy-teenager = Chamariz: menor que troca com outro menor
page-demo-decoy-boaster = Chamariz: promete e não envia nada
page-demo-decoy-relative = Chamariz: familiar com fotos de família
page-demo-work-world = (criar o mundo sintético)
page-demo-address = A página fica em { $address } (Ctrl-C para terminar)
page-demo-folder-taken = { $folder } existe e não é uma pasta de demonstração; escolha outra com --folder
