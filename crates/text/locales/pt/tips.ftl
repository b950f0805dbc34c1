### Reasons of a tip's urgency and of the clocks that run.

tip-originator-level-1 = O emissor classifica no nível { $level }: criança em perigo agora.
tip-originator-level-2 = O emissor classifica no nível { $level }: criança ao alcance da pessoa reportada.
tip-originator-level-3 = O emissor classifica no nível { $level }: sem contato conhecido com uma criança.
tip-originator-level-e = Nível { $level }: ninguém o examinou ainda; isso não é baixa urgência.
tip-originator-level-unknown = O emissor não indica um nível conhecido (indica: { $level }).
tip-access-stated = O provedor indica que a pessoa reportada tem acesso a crianças.
tip-access-not-stated = A comunicação não diz se a pessoa reportada tem acesso a crianças.
tip-victim-named =
    { $count ->
        [one] A comunicação identifica uma possível vítima
       *[other] A comunicação identifica { $count } possíveis vítimas
    }.
tip-contact-incident = O tipo de incidente indica contato com uma criança (texto literal: «{ $type }»).
tip-live-material = O emissor assinala uma transmissão ao vivo (arquivos assim: { $count }).
tip-recent-incident = Incidente recente: há { $days } dias segundo o emissor.
tip-incident-time-unknown = Não consta uma data utilizável do incidente.
tip-industry-class-a1 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-a2 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-b1 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-b2 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-not-stated = O provedor não classifica os arquivos.
tip-same-group =
    { $count ->
        [one] Outra comunicação compartilha identificadores com esta
       *[other] Outras { $count } comunicações compartilham identificadores com esta
    }.
tip-many-files = A comunicação contém { $count } arquivos distintos.
tip-files-in-no-list =
    { $count ->
        [one] O hash de um arquivo não consta em nenhuma das listas consultadas
       *[other] Os hashes de { $count } arquivos não constam em nenhuma das listas consultadas
    } (aparência não comparada).
tip-files-not-looked-up = Os arquivos da comunicação ({ $count }) não foram consultados em nenhuma lista.
tip-viral-all = Todos os arquivos ({ $count } de { $total }) são virais ou já conhecidos: a urgência diminui, a comunicação é mantida.
tip-viral-some = Parte dos arquivos ({ $count } de { $total }) são virais ou já conhecidos.
tip-viral-outweighed = Há arquivos virais ou já conhecidos ({ $count } de { $total }), mas um sinal de criança em perigo pesa sempre mais.
tip-suspect-may-be-minor = A pessoa reportada pode ser menor de idade (idade indicada: { $age }): via de proteção.
tip-capture-in-steep-part = O último evento de IP foi há { $days } dias: a maior parte dos dados de operadora perde-se nas duas primeiras semanas.
tip-capture-before-loss = A operadora pode conservar os dados do último evento de IP até { $date } ({ $source }).
tip-capture-past-loss = O prazo de conservação do último evento de IP terminou em { $date } ({ $source }); ainda pode haver dados.
tip-loss-soon = Faltam { $days } dias para a primeira perda de dados conhecida.
tip-no-clock-known = Não se conhece prazo de conservação de dados de IP para o país ({ $country }); o último evento foi há { $days } dias.
tip-capture-time-missing = Eventos de IP sem data utilizável: { $count }.
tip-port-missing = Eventos de IP sem porta de origem: { $count }; em redes com endereço compartilhado podem não bastar.
tip-no-capture = Não consta nenhum evento de IP.
tip-content-until = O provedor conserva o conteúdo comunicado até { $date } ({ $source }).
tip-territory-address = Um endereço da comunicação indica { $country }, divisão: { $division }.
tip-territory-division-name = O nome da divisão ({ $division }) aponta para { $country }; o país não consta.
tip-territory-phone = O código de um telefone corresponde a { $country }.
tip-territory-conflict = Os dados da comunicação nomeiam vários países: { $countries }.
tip-country-not-recognised = O país escrito não é reconhecido: «{ $text }».
tip-no-country = A comunicação não permite atribuir um país.
